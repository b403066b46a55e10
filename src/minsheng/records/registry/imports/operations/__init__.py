"""The acts on a table from outside: stage, decide, apply, undo, discard, look, take away."""

from minsheng.records.registry.imports.operations.applying import (
    UnableToApplyTable,
    UnableToDecideRow,
    apply_table,
    decide_open_rows,
    decide_row,
    discard_table,
)
from minsheng.records.registry.imports.operations.looking import look_at_rows
from minsheng.records.registry.imports.operations.staging import MOST_ROWS, UnableToStageTable, stage_table
from minsheng.records.registry.imports.operations.taking import take_errors, take_template
from minsheng.records.registry.imports.operations.undoing import UnableToUndoTable, undo_table

__all__ = [
    "MOST_ROWS",
    "UnableToApplyTable",
    "UnableToDecideRow",
    "UnableToStageTable",
    "UnableToUndoTable",
    "apply_table",
    "decide_open_rows",
    "decide_row",
    "discard_table",
    "look_at_rows",
    "stage_table",
    "take_errors",
    "take_template",
    "undo_table",
]

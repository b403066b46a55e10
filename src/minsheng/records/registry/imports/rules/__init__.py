"""Pure decisions of imports: which column is which, what a cell says, when two rows are one."""

from minsheng.records.registry.imports.rules.cells import NOT_KNOWN, ReadCell, UnableToReadCell, read_cell
from minsheng.records.registry.imports.rules.tables import (
    Heading,
    ParsedRow,
    ParsedTable,
    UnableToReadHeadings,
    fact_headings,
    parse_table,
    person_headings,
)

__all__ = [
    "NOT_KNOWN",
    "Heading",
    "ParsedRow",
    "ParsedTable",
    "ReadCell",
    "UnableToReadCell",
    "UnableToReadHeadings",
    "fact_headings",
    "parse_table",
    "person_headings",
    "read_cell",
]

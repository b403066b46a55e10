"""Acts of the cockpit: access, lock, rule, write, audit, in one transaction each."""

from minsheng.insight.cockpit.operations.correcting import UnableToCorrect, correct_statement
from minsheng.insight.cockpit.operations.entering import (
    Stated,
    UnableToEnter,
    UnableToFindEntry,
    confirm_entry,
    enter_value,
    send_entry_back,
)
from minsheng.insight.cockpit.operations.evaluating import UnableToEvaluate, UnableToFindCheck, evaluate_self, inspect
from minsheng.insight.cockpit.operations.importing import UnableToImportPlan, import_plan, put_in_force
from minsheng.insight.cockpit.operations.keeping import Kept, keep_figures, recheck_figures
from minsheng.insight.cockpit.operations.looking import UnableToOpenRows, open_rows
from minsheng.insight.cockpit.operations.projects import NewReport, UnableToReport, report_project
from minsheng.insight.cockpit.operations.reporting import UnableToReportYear, take_report

__all__ = [
    "Kept",
    "NewReport",
    "Stated",
    "UnableToCorrect",
    "UnableToEnter",
    "UnableToEvaluate",
    "UnableToFindCheck",
    "UnableToFindEntry",
    "UnableToImportPlan",
    "UnableToOpenRows",
    "UnableToReport",
    "UnableToReportYear",
    "confirm_entry",
    "correct_statement",
    "enter_value",
    "evaluate_self",
    "import_plan",
    "inspect",
    "keep_figures",
    "open_rows",
    "put_in_force",
    "recheck_figures",
    "report_project",
    "send_entry_back",
    "take_report",
]

"""Acts of the cockpit: access, lock, rule, write, audit, in one transaction each."""

from minsheng.insight.cockpit.operations.attaching import (
    Opened,
    UnableToAttach,
    UnableToFindFile,
    add_photo,
    open_paper,
    open_photo,
    withdraw_photo,
)
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
from minsheng.insight.cockpit.operations.linking import NewLink, UnableToLink, link_name
from minsheng.insight.cockpit.operations.looking import UnableToOpenRows, open_rows
from minsheng.insight.cockpit.operations.occasions import UnableToRecordOccasion, record_occasion
from minsheng.insight.cockpit.operations.projects import NewReport, UnableToReport, report_project
from minsheng.insight.cockpit.operations.reporting import UnableToReportYear, take_report

__all__ = [
    "Kept",
    "NewLink",
    "NewReport",
    "Opened",
    "Stated",
    "UnableToAttach",
    "UnableToCorrect",
    "UnableToEnter",
    "UnableToEvaluate",
    "UnableToFindCheck",
    "UnableToFindEntry",
    "UnableToFindFile",
    "UnableToImportPlan",
    "UnableToLink",
    "UnableToOpenRows",
    "UnableToRecordOccasion",
    "UnableToReport",
    "UnableToReportYear",
    "add_photo",
    "confirm_entry",
    "correct_statement",
    "enter_value",
    "evaluate_self",
    "import_plan",
    "inspect",
    "keep_figures",
    "link_name",
    "open_paper",
    "open_photo",
    "open_rows",
    "put_in_force",
    "recheck_figures",
    "record_occasion",
    "report_project",
    "send_entry_back",
    "take_report",
    "withdraw_photo",
]

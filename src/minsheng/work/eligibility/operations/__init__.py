"""What may be done in eligibility; each act is one transaction with its audit row."""

from minsheng.work.eligibility.operations.evaluation import evaluate_district, evaluate_households
from minsheng.work.eligibility.operations.lists import UnableToExport, UnableToSaveView, export_findings, save_view
from minsheng.work.eligibility.operations.receipts import load_receipts

__all__ = [
    "UnableToExport",
    "UnableToSaveView",
    "evaluate_district",
    "evaluate_households",
    "export_findings",
    "load_receipts",
    "save_view",
]

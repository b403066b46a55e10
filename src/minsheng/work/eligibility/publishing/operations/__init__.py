"""What may be done in publishing; each act is one transaction with its audit row."""

from minsheng.work.eligibility.publishing.operations.budgets import UnableToEnterBudget, enter_budget
from minsheng.work.eligibility.publishing.operations.drafting import (
    UnableToDraft,
    check_examples_of,
    draft,
    drop_version,
    put_version,
    revise_header,
    take_back,
    withdraw,
)
from minsheng.work.eligibility.publishing.operations.effects import UnableToExportEffects, export_effects
from minsheng.work.eligibility.publishing.operations.signing import UnableToPublish, return_draft, sign, submit
from minsheng.work.eligibility.publishing.operations.trying import UnableToTry, fail_trial, record_trial, start_trial

__all__ = [
    "UnableToDraft",
    "UnableToEnterBudget",
    "UnableToExportEffects",
    "UnableToPublish",
    "UnableToTry",
    "check_examples_of",
    "draft",
    "drop_version",
    "enter_budget",
    "export_effects",
    "fail_trial",
    "put_version",
    "record_trial",
    "return_draft",
    "revise_header",
    "sign",
    "start_trial",
    "submit",
    "take_back",
    "withdraw",
]

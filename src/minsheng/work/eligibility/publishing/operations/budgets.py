from datetime import date, datetime

from django.db import transaction

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.publishing.models import Budget

CAPABILITY = "eligibility.draft_policy"


class UnableToEnterBudget(ValueError):
    """The budget cannot be taken: says why and what to do."""


def enter_budget(
    *,
    actor: Viewer,
    at: datetime,
    scheme: str,
    year: int,
    amount_fen: int,
    source: str,
    spent_fen: int | None = None,
    spent_until: date | None = None,
) -> None:
    """This function will store what a scheme may cost in a year, with its source; earlier entries stay readable.

    `spent_fen` is what was paid for the months before `spent_until`; leave both out while it is not known.
    """
    require(viewer=actor, capability=CAPABILITY)
    if scheme not in book().schemes:
        raise UnableToEnterBudget("没有这项政策。请从列表里选。")
    if not source.strip():
        raise UnableToEnterBudget("请写明预算的依据，例如批复文号。")
    if amount_fen < 0 or (spent_fen is not None and spent_fen < 0):
        raise UnableToEnterBudget("预算和已支出不能是负数。")
    if (spent_fen is None) != (spent_until is None):
        raise UnableToEnterBudget("已支出的金额和截止日要么都填，要么都不填。")
    if spent_until is not None and spent_until.year not in (year, year + 1):
        raise UnableToEnterBudget(f"已支出的截止日要在 {year} 年里。")
    with transaction.atomic():
        row = Budget.objects.create(
            scheme=scheme,
            year=year,
            amount_fen=amount_fen,
            spent_fen=spent_fen,
            spent_until=spent_until,
            source=source.strip(),
            entered_by_id=actor.account_id,
            entered_at=at,
        )
        audit.record(
            actor=actor,
            at=at,
            action="publishing.budget_entered",
            object_type="publishing.budget",
            object_id=str(row.pk),
            detail={"scheme": scheme, "year": year, "amount_fen": amount_fen, "spent_fen": spent_fen},
        )

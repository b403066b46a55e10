"""What a case is decided on: the working of the rulebook; and the decision's row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.pages.wording import yuan
from minsheng.foundation.sealing.macs import UnableToTrustRow
from minsheng.work.casework.acting import UnableToProceed, Work, words
from minsheng.work.casework.events import GrantDecided
from minsheng.work.casework.models import Case, Decision
from minsheng.work.casework.rules.stability import income_is_unsteady
from minsheng.work.casework.sealed_columns import DECISION_ROW
from minsheng.work.casework.types import Edition, Outcome
from minsheng.work.eligibility import queries as eligibility

YEAR_DAYS = 365  # 支出型按一年的支出计算
# What cases were called before the rulebook worked these out: decisions that stand keep the name they were made under.
FORMER_TITLES = {"temporary_relief": "临时救助", "rigid_expenditure_hardship": "刚性支出困难家庭认定"}


@dataclass(frozen=True)
class Working:
    """A result to decide on: entitled or not, how much, for how many people, with the frozen working."""

    entitled: bool
    amount_fen: int
    household_size: int
    frozen: dict[str, Any]

    @property
    def sha256(self) -> str:
        return eligibility.digest_of_frozen(self.frozen)


def title_of(scheme: str) -> str:
    """This function will return the name of a benefit."""
    known = eligibility.scheme_ref(code=scheme)
    return known.title if known else FORMER_TITLES.get(scheme, scheme)


def is_monthly(scheme: str) -> bool:
    """This function will say whether a benefit runs by month; relief (小额快救, 急难型, 支出型) is given once."""
    known = eligibility.scheme_ref(code=scheme)
    return known is not None and known.monthly


def amount_words(scheme: str, amount_fen: int) -> str:
    """This function will say an amount (fen) as letters do: 每月 1,806.00 元; a status has none and says so."""
    known = eligibility.scheme_ref(code=scheme)
    if known is not None and not known.paid:
        return "认定这一身份，不另发钱"
    return f"{'每月' if known is not None and known.monthly else '一次性'} {yuan(amount_fen)} 元"


def schemes_for(edition: Edition, *, of_person: bool) -> list[str]:
    """This function will return the benefits of a procedure that are a person's, or those that are a household's."""
    known = [eligibility.scheme_ref(code=code) for code in edition.schemes]
    return [one.code for one in known if one is not None and one.of_person == of_person]


def work_out(work: Work, *, scheme: str) -> Working:
    """This function will work a case out by the rulebook; an amount is never typed. Unknown is not a result.

    What runs by month is worked out for the first of it, as results hold by month; relief for the day itself, because
    an emergency began on a day.
    """
    case, edition = work.case, work.edition
    reference = eligibility.scheme_ref(code=scheme)
    if scheme not in edition.schemes or reference is None:
        raise UnableToProceed("这个程序不办理所选的待遇。")
    person = case.person_id if reference.of_person else None
    if reference.of_person and person is None:
        raise UnableToProceed("这项待遇按人享受，请从本人的页面单独立案。")
    frozen = eligibility.freeze(
        viewer=work.actor,
        at=work.at,
        code=scheme,
        household_id=case.household_id,
        person_id=person,
        as_of=work.today.replace(day=1) if reference.monthly else work.today,
    )
    if frozen is None:
        raise UnableToProceed("这一户或这个人已经不在登记库的这个位置。请先核对住户。")
    if frozen["status"] == "unknown":
        raise UnableToProceed(f"还缺信息，定不了：{'；'.join(frozen['questions'])}。请先核对或问清。")
    size = 1 if reference.of_person else sum(member["counted"] is True for member in frozen["members"])
    entitled = frozen["status"] == "entitled"
    if entitled and frozen["payable_fen"] is None:
        raise UnableToProceed("与这一家其他待遇的叠加还定不了，算不出应发多少。请先把其他待遇缺的信息核对清楚。")
    if entitled and frozen["amount_fen"] and not frozen["payable_fen"]:
        raise UnableToProceed(f"符合条件，但不另发：{'；'.join(frozen['reductions']) or '已由更高的待遇代替'}。")
    if entitled and not reference.monthly:
        _refuse_twice(work, scheme, frozen)
    return Working(entitled, frozen["payable_fen"] or 0 if entitled else 0, size, frozen)


def _refuse_twice(work: Work, scheme: str, frozen: dict[str, Any]) -> None:
    """Relief is given once for one matter: for the same emergency of a person, or for the spending of a year."""
    given = Decision.objects.filter(
        scheme=scheme,
        case__household_id=work.case.household_id,
        case__person_id=work.case.person_id,
        outcome__in=[Outcome.GRANT.value, Outcome.ADVANCE.value],
    ).exclude(case=work.case)
    for before in given.order_by("-id"):
        if work.case.person_id is None:
            again = (work.today - before.decided_at.astimezone(BUSINESS_ZONE).date()).days < YEAR_DAYS
        else:
            again = _began(before.frozen, work.case.person_id) == _began(frozen, work.case.person_id)
        if again:
            raise UnableToProceed(
                f"{before.decided_at.astimezone(BUSINESS_ZONE):%Y年%-m月%-d日}已经为这件事给过{title_of(scheme)}，"
                "不重复给。又遇到新的急难，请先登记新的情况；确有特殊困难的，请提请个案会商。"
            )


def note_stability(work: Work, worked: Working) -> None:
    """This function will keep with the case whether its income is unsteady; the next review comes by that."""
    members = worked.frozen.get("facts", {}).get("members", [])
    counted = {one["person_id"] for one in worked.frozen.get("members", []) if one["counted"] is True}
    mine = [one for one in members if one["person_id"] in counted and work.case.person_id in (None, one["person_id"])]
    work.case.income_unsteady = income_is_unsteady(mine, on=work.today)


def _began(frozen: dict[str, Any], person_id: int) -> object:
    members = frozen.get("facts", {}).get("members", [])
    return next((m.get("emergency_date") for m in members if m["person_id"] == person_id), None)


def decide(
    work: Work,
    *,
    outcome: Outcome,
    worked: Working,
    amount_fen: int,
    start: date | None,
    end: date | None,
    reason: str,
) -> Decision:
    """This function will write a decision with its frozen working; the database refuses one without its steps."""
    row = Decision(
        id=_next_id(),
        case=work.case,
        area_id=work.case.area_id,
        outcome=outcome.value,
        scheme=work.case.scheme,
        amount_fen=amount_fen,
        monthly=is_monthly(work.case.scheme),
        start_date=start,
        end_date=end,
        reason=words(reason, what="理由"),
        basis=worked.frozen.get("basis") or work.edition.basis,
        decided_by=work.actor.account_id,
        decided_by_name=work.actor.name,
        decided_at=work.at,
        frozen=worked.frozen,
        frozen_sha256=worked.sha256,
    )
    row.mac = DECISION_ROW.of(row)
    row.save(force_insert=True)
    return row


def last_decision(case: Case, /) -> Decision | None:
    """This function will return the latest decision of a case, refused where somebody changed it in the database."""
    found = Decision.objects.filter(case=case).order_by("-id").first()
    if found is not None:
        trusted(found)
    return found


def trusted(decision: Decision, /) -> None:
    """This function will raise UnableToProceed for a decision that does not bear its MAC."""
    try:
        DECISION_ROW.trust(decision)
    except UnableToTrustRow as broken:
        raise UnableToProceed(str(broken)) from broken


def _next_id() -> int:
    with connection.cursor() as cursor:  # the MAC covers the id, so the row has it before it is written
        cursor.execute("SELECT nextval('casework_decision_id_seq'::regclass)")
        return int(cursor.fetchone()[0])


def granted(case: Case, decision: Decision, at: datetime) -> GrantDecided:
    """This function will tell an approval as the event that others hear."""
    assert decision.start_date is not None
    return GrantDecided(
        case_id=case.pk,
        decision_id=decision.pk,
        scheme=decision.scheme,
        household_id=case.household_id,
        person_id=case.person_id,
        applicant_id=case.applicant_id,
        area_id=case.area_id,
        amount_fen=decision.amount_fen,
        monthly=decision.monthly,
        start_date=decision.start_date,
        end_date=decision.end_date,
        at=at,
    )

"""What a case is decided on: the working of the rulebook, or an amount within the ceiling, and the decision's row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.foundation.pages.wording import yuan
from minsheng.records.registry import queries as registry
from minsheng.work.casework.acting import UnableToProceed, Work, words
from minsheng.work.casework.events import GrantDecided
from minsheng.work.casework.models import Case, Decision
from minsheng.work.casework.types import Edition, Outcome
from minsheng.work.eligibility import queries as eligibility

# Names for benefits that the rulebook does not work out, until it does.
TITLES = {"temporary_relief": "临时救助", "rigid_expenditure_hardship": "刚性支出困难家庭认定"}


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
    return known.title if known else TITLES.get(scheme, scheme)


def work_out(work: Work, *, scheme: str, amount_fen: int | None) -> Working:
    """This function will work a case out for today: by the rulebook, or, where it has no rule, within the ceiling.

    A typed amount is refused where the rulebook gives one, and needed where it does not. Unknown is not a result.
    """
    case, edition = work.case, work.edition
    if scheme not in edition.schemes:
        raise UnableToProceed("这个程序不办理所选的待遇。")
    reference = eligibility.scheme_ref(code=scheme)
    if reference is None:
        return _within_ceiling(work, scheme, amount_fen)
    person = case.person_id if reference.of_person else None
    if reference.of_person and person is None:
        raise UnableToProceed("这项待遇按人享受，请从本人的页面单独立案。")
    frozen = eligibility.freeze(
        viewer=work.actor,
        at=work.at,
        code=scheme,
        household_id=case.household_id,
        person_id=person,
        as_of=work.today.replace(day=1),
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
    return Working(entitled, frozen["payable_fen"] or 0 if entitled else 0, size, frozen)


def _within_ceiling(work: Work, scheme: str, amount_fen: int | None) -> Working:
    case, ceiling = work.case, work.edition.ceiling
    if ceiling is None:
        raise UnableToProceed(f"规则库里还没有“{title_of(scheme)}”的计算规则，不能出具意见。请先由业务科发布规则。")
    found = registry.household_facts(
        viewer=work.actor, household_id=case.household_id, as_of=work.today, known_at=work.at
    )
    size = len(found.members) if found else 1
    standard = eligibility.standard_on(day=work.today)
    most = standard * ceiling.months * size
    amount = amount_fen or 0
    if not 0 < amount <= most:
        raise UnableToProceed(
            f"金额要大于 0、不超过 {yuan(most)} 元（低保标准 {yuan(standard)} 元 × {size} 人 × {ceiling.months} 个月，"
            f"{ceiling.article}）。确需超过的，请提请个案会商。"
        )
    frozen = {
        "code": scheme,
        "as_of": work.today.isoformat(),
        "household_id": case.household_id,
        "status": "entitled",
        "amount_fen": amount,
        "payable_fen": amount,
        "standard_fen": standard,
        "months": ceiling.months,
        "persons": size,
        "most_fen": most,
        "basis": ceiling.article,
    }
    return Working(True, amount, size, frozen)


def is_monthly(edition: Edition) -> bool:
    """This function will say whether a benefit is paid each month; relief with a ceiling is paid once."""
    return edition.rated


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
    return Decision.objects.create(
        case=work.case,
        area_id=work.case.area_id,
        outcome=outcome.value,
        scheme=work.case.scheme,
        amount_fen=amount_fen,
        monthly=is_monthly(work.edition),
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

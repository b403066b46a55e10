"""How a decision reaches the room that pays: by its reference and hash, in the same transaction."""

from datetime import date

from minsheng.foundation.pages.wording import yuan
from minsheng.foundation.sealing import operations as sealing
from minsheng.work.casework.acting import UnableToProceed, Work
from minsheng.work.casework.models import Account, Case, Decision
from minsheng.work.casework.sealed_columns import ACCOUNT_NUMBER
from minsheng.work.casework.types import Outcome
from minsheng.work.payments import operations as payments
from minsheng.work.payments.types import DecisionRef, FloatUse, NewGrant, NewRelief, Payee

_USES = {"temporary_relief_quick": FloatUse.SMALL_QUICK}  # what else is paid once is urgent relief


def reference_of(decision: Decision) -> DecisionRef:
    """This function will name a decision as payments keeps it."""
    return DecisionRef(reference=f"casework:{decision.pk}", sha256=decision.frozen_sha256)


MOST_PARTS = 6  # 演示参数: 临救2018 二(三) lets one approval be paid in several parts and names no number


def in_parts(amount_fen: int, *, parts: int, first: date) -> tuple[tuple[date, int], ...]:
    """This function will divide relief into monthly parts from the month of `first` on, to the fen; the rest is first.

    One part is none: the amount is then paid as one. Raises UnableToProceed for a number that cannot be.
    """
    if not 1 <= parts <= MOST_PARTS or amount_fen < parts:
        raise UnableToProceed(f"分次发放可以分 1 到 {MOST_PARTS} 次，每次都要有钱。请改一个次数。")
    if parts == 1:
        return ()
    each, rest = divmod(amount_fen, parts)
    months = first.year * 12 + first.month - 1
    return tuple(
        (date((months + n) // 12, (months + n) % 12 + 1, 1), each + (rest if n == 0 else 0)) for n in range(parts)
    )


def parts_words(parts: tuple[tuple[date, int], ...]) -> str:
    """This function will say the parts as letters do: 2026年11月 1,000.00 元、2026年12月 1,000.00 元."""
    return "、".join(f"{month.year}年{month.month}月 {yuan(fen)} 元" for month, fen in parts)


def open_payment(work: Work, decision: Decision, *, parts: tuple[tuple[date, int], ...] = ()) -> None:
    """This function will open the monthly grant of an approval, or have relief paid that is given once, or in parts.

    A status without an amount (低保边缘) opens nothing. Raises UnableToProceed with the reason of payments.
    """
    if not decision.amount_fen:
        return
    if not decision.monthly:
        give_relief(work, decision, parts=parts)
        return
    case = work.case
    start = decision.start_date
    assert start is not None, "an approval has its first month"
    grant = NewGrant(
        decision=reference_of(decision),
        scheme=decision.scheme,
        household_id=case.household_id,
        person_id=case.person_id,
        payee_person_id=case.applicant_id,
        amount_fen=decision.amount_fen,
        first_month=start,
        end_month=decision.end_date,
        payee=_payee(case),
    )
    try:
        case.grant_id = payments.open_grant(actor=work.actor, at=work.at, grant=grant)
    except (payments.UnableToOpenGrant, payments.UnableToSetAccount) as refusal:
        raise UnableToProceed(str(refusal)) from refusal


def give_relief(work: Work, decision: Decision, *, parts: tuple[tuple[date, int], ...] = ()) -> None:
    """This function will have a decision paid once: by the nearest float (备用金) in cash, else with the next run.

    In `parts` it is the bank's, each part with the run of its month.
    """
    case = work.case
    use = FloatUse.AID_FIRST if decision.outcome == Outcome.ADVANCE else _USES.get(case.procedure, FloatUse.URGENT)
    relief = NewRelief(
        decision=reference_of(decision),
        use=use,
        scheme=decision.scheme,
        household_id=case.household_id,
        person_id=case.person_id,
        payee_person_id=case.applicant_id,
        amount_fen=decision.amount_fen,
        payee=_payee(case),
        parts=parts,
    )
    try:
        case.grant_id = payments.give_relief(actor=work.actor, at=work.at, relief=relief).grant_id
    except (payments.UnableToUseFloat, payments.UnableToOpenGrant, payments.UnableToSetAccount) as refusal:
        raise UnableToProceed(str(refusal)) from refusal


def _payee(case: Case) -> Payee | None:
    """The account that was entered with the application; without one the money is held until there is one."""
    row = Account.objects.filter(case=case).first()
    if row is None:
        return None
    number = sealing.open_sealed(context=ACCOUNT_NUMBER, row_id=row.pk, sealed=row.number_sealed)
    return Payee(row.holder_name, row.bank, number)


def change_payment(work: Work, decision: Decision) -> None:
    """This function will change or end the running grant as an adjustment decides."""
    number = work.case.grant_id
    if number is None:
        return
    outcome, start = Outcome(decision.outcome), decision.start_date
    assert start is not None, "an adjustment has its first month"
    try:
        if outcome in (Outcome.END, Outcome.GRADUAL_EXIT):
            last: date = decision.end_date or start
            payments.end_grant(
                actor=work.actor,
                at=work.at,
                grant_id=number,
                decision=reference_of(decision),
                from_month=last,
                reason=outcome.value,
            )
        else:
            payments.change_grant(
                actor=work.actor,
                at=work.at,
                grant_id=number,
                decision=reference_of(decision),
                amount_fen=decision.amount_fen,
                from_month=start,
            )
    except payments.UnableToChangeGrant as refusal:
        raise UnableToProceed(str(refusal)) from refusal

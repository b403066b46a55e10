"""News against what was paid: what is due is worked out anew from the month after, an officer decides, money follows.

No news takes money back by itself: it ends or holds what would be paid wrongly, and proposes a difference.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Sum

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish
from minsheng.records.registry.queries.resolving import cluster
from minsheng.work.eligibility.queries.standing import due_by_month, standard_fen
from minsheng.work.payments.events import DifferenceFound
from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import Amount, Grant, Line, Recalculation, Recovery
from minsheng.work.payments.operations.grants import end_on
from minsheng.work.payments.operations.ledger import Move, post
from minsheng.work.payments.operations.payees import (
    ask_for_payee,
    goes_on,
    grants_around,
    grants_of,
    members_of,
)
from minsheng.work.payments.rules.months import effective_month, first_of, plus, span
from minsheng.work.payments.rules.recovery import MonthDifference, differences, instalment_fen, most_deductible_fen
from minsheng.work.payments.types import Cause, Ledger, LineKind, LineState, RecalculationState

DECIDED = (LineKind.REGULAR.value, LineKind.ONCE.value)
OPEN = (LineState.SENT.value, LineState.UNKNOWN.value)


class UnableToDecideDifference(ValueError):
    """The difference cannot be decided or recovered so: says why and what to do."""


def stop_for_death(*, actor: Viewer, at: datetime, person_id: int, death_date: date) -> None:
    """This function will end or hold what a dead person got, from the month after (57号 Art 21), and look back.

    What was theirs alone ends. What others are entitled to and they only took is on hold until it has another payee.
    Safe to repeat.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.recalculate")
        month = effective_month(death_date)
        ids = set(cluster([person_id])) | {person_id}
        for grant in grants_of(person_id=person_id):
            members = () if grant.person_id is not None else members_of(grant, actor=actor, month=month, at=at)
            own = grant.person_id in ids if grant.person_id is not None else not set(members) - ids
            if own:
                end_on(grant, actor=actor, at=at, from_month=month, reason=Cause.DIED.value, decision_ref="")
                _propose(grant, actor=actor, at=at, cause=Cause.DIED, from_month=month, due=dict.fromkeys(
                    _months_paid(grant, month), 0))  # fmt: skip
            elif goes_on(grant, after=month):
                reason = f"领款人已于{death_date:%Y年%-m月%-d日}去世，换领款人后恢复发放"
                ask_for_payee(grant, actor=actor, at=at, reason=reason)


def recalculate(*, actor: Viewer, at: datetime, grant_id: int, cause: Cause, changed_on: date) -> int | None:
    """This function will compare what was paid since the month after a change with what the rules say was due.

    Returns the proposal's id, or None where nothing differs. A month that the rules cannot say is left out.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.recalculate")
        grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
        if grant is None:
            raise UnableToDecideDifference("没有这项发放，或不在您的辖区内。请核对编号。")
        if grant.once:  # what was right when it was given stays given, whatever changes later
            return None
        month = effective_month(changed_on)
        months = _months_paid(grant, month)
        if not months:
            return None
        due = due_by_month(
            viewer=actor,
            household_id=grant.household_id,
            key=(grant.scheme, grant.person_id),
            months=months,
            known_at=at,
        )
        return _propose(grant, actor=actor, at=at, cause=cause, from_month=month, due=due)


def recalculate_for(*, actor: Viewer, at: datetime, person_id: int, cause: Cause, changed_on: date) -> list[int]:
    """This function will recalculate after news every grant of a person and of who lived with them; returns proposals.

    A household's amount counts every member, so the news of one concerns what the others got.
    """
    with acting_as(viewer=actor, at=at):
        month = effective_month(changed_on)
        found = [
            recalculate(actor=actor, at=at, grant_id=grant.pk, cause=cause, changed_on=changed_on)
            for grant in grants_around(person_id=person_id, days=(changed_on - timedelta(days=1), at.date()))
            if grant.end_month is None or grant.end_month > month
        ]
    return [one for one in found if one is not None]


def claim_back(
    *, actor: Viewer, at: datetime, grant_id: int, month: date, due_fen: int, cause: Cause = Cause.FACTS
) -> int:
    """This function will propose that a paid month was due only `due_fen` (0: nothing), as an officer found out.

    It is how relief given once comes back where it was got wrongly; somebody else confirms it, as any difference.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.recalculate")
        grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
        if grant is None:
            raise UnableToDecideDifference("没有这项发放，或不在您的辖区内。请核对编号。")
        paid = _paid(grant, month, only={month})[month]
        if not paid:
            raise UnableToDecideDifference("这个月没有发出过钱，没有多发可追。请核对月份。")
        if isinstance(due_fen, bool) or not isinstance(due_fen, int) or not 0 <= due_fen < paid:
            raise UnableToDecideDifference("应发的金额要比已发的少，全部不该发的填 0。")
        number = _propose(grant, actor=actor, at=at, cause=cause, from_month=month, due={month: due_fen})
        if number is None:
            raise UnableToDecideDifference("这个差额先前已经核实过、定为不调整。要再提，请写新的情况。")
    return number


def confirm_difference(
    *, actor: Viewer, at: datetime, recalculation_id: int, decision_ref: str, reason: str, months: int = 12
) -> None:
    """This function will confirm a difference: too little is paid with the next run, too much becomes a recovery.

    A recovery is deducted in `months` instalments from the household's running grant, never more than leaves the floor
    of `recovery_floor_percent`; where nothing runs it is repaid. While the bank has not answered, nobody confirms.
    """
    with acting_as(viewer=actor, at=at):
        row, grant = _proposed(actor, recalculation_id)
        if not decision_ref.strip() or not reason.strip():
            raise UnableToDecideDifference("请写决定编号和理由。追回和补发都要有决定。")
        longest = figure("recovery_most_months", at.date())
        if not 1 <= months <= longest:
            raise UnableToDecideDifference(f"分期要在 1 到 {longest} 个月之间。")
        if Line.objects.filter(grant_id=grant.pk, month__gte=row.effective_month, state__in=OPEN).exists():
            raise UnableToDecideDifference("还有款项银行没有答复，现在不知道到底发了多少。请等回盘后再确认。")
        stored = {date.fromisoformat(one["month"]): int(one["due"]) for one in row.months}
        now = differences(paid=_paid(grant, row.effective_month, only=set(stored)), due=stored)
        row.months, row.over_fen = _as_json(now), sum(one.over_fen for one in now)
        if not row.over_fen:
            raise UnableToDecideDifference("按银行的答复，多发少发相抵，已没有差额。请选择“核实后不调整”。")
        row.decision_ref = decision_ref.strip()[:64]
        if row.over_fen > 0:
            _open_recovery(row, grant, actor, at, months)
        _decide(row, grant, actor=actor, at=at, state=RecalculationState.CONFIRMED, reason=reason)


def dismiss_difference(*, actor: Viewer, at: datetime, recalculation_id: int, reason: str) -> None:
    """This function will leave what was paid as it is, with the reason."""
    with acting_as(viewer=actor, at=at):
        row, grant = _proposed(actor, recalculation_id)
        if not reason.strip():
            raise UnableToDecideDifference("请写明核实的结果。")
        _decide(row, grant, actor=actor, at=at, state=RecalculationState.DISMISSED, reason=reason)


def ease_recovery(*, actor: Viewer, at: datetime, recovery_id: int, instalment: int, note: str) -> None:
    """This function will lower the monthly instalment, in fen, of a household in hardship; 0 lets it rest."""
    with acting_as(viewer=actor, at=at):
        recovery = _running(actor, recovery_id, "payments.decide_difference")
        if not 0 <= instalment < recovery.instalment_fen or not note.strip():
            raise UnableToDecideDifference("新的每月扣回要比现在少，并写明困难情况。")
        recovery.instalment_fen, recovery.hardship_note = instalment, note.strip()[:200]
        recovery.save(update_fields=["instalment_fen", "hardship_note"])
        _note(recovery, actor, at, "payments.recovery_eased", {"fen": instalment})


def book_repayment(*, actor: Viewer, at: datetime, recovery_id: int, fen: int, reference: str) -> None:
    """This function will book what somebody paid back in person; `reference` is the voucher's number, used once."""
    with acting_as(viewer=actor, at=at):
        recovery = _running(actor, recovery_id, "payments.book_budget")
        pending = Line.objects.filter(
            recovery_id=recovery.pk, state__in=(LineState.PLANNED.value, *OPEN)
        ).aggregate(x=Sum("deducted_fen"))["x"] or 0  # fmt: skip
        left = recovery.total_fen - recovery.recovered_fen - pending
        if isinstance(fen, bool) or not isinstance(fen, int) or not 0 < fen <= left:
            raise UnableToDecideDifference(f"退回的金额要在 1 分到 {left} 分之间，正在扣回的不能重复退。")
        if not reference.strip():
            raise UnableToDecideDifference("请填收款凭证号。")
        grant = Grant.objects.get(pk=recovery.recalculation.grant_id)
        post(
            actor=actor,
            at=at,
            kind="repayment",
            reference=f"repayment:{reference.strip()}"[:80],
            moves=[
                Move(
                    Ledger.RECEIVABLE,
                    Ledger.FUND,
                    fen,
                    recovery.area_id,
                    grant.scheme,
                    subject=f"recovery:{recovery.pk}",
                )
            ],
        )
        recovery.recovered_fen += fen
        recovery.closed_at = at if recovery.recovered_fen == recovery.total_fen else None
        recovery.save(update_fields=["recovered_fen", "closed_at"])
        _note(recovery, actor, at, "payments.repayment_booked", {"fen": fen})


def _months_paid(grant: Grant, since: date) -> list[date]:
    """The months from `since` to the last one that went to the bank."""
    last = (
        Line.objects.filter(grant_id=grant.pk, kind__in=DECIDED, state__in=(LineState.PAID.value, *OPEN))
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )
    return [] if last is None else list(span(max(since, grant.first_month), plus(last, 1)))


def _paid(grant: Grant, since: date, *, only: set[date]) -> dict[date, int]:
    """Fen that went out for each month, less what confirmed differences have settled already."""
    paid = dict.fromkeys(only, 0)
    lines = Line.objects.filter(
        grant_id=grant.pk, kind__in=DECIDED, month__gte=since, state__in=(LineState.PAID.value, *OPEN)
    )
    for month, fen in lines.values_list("month", "amount_fen"):
        if month in paid:
            paid[month] += fen
    for settled in Recalculation.objects.filter(grant_id=grant.pk, state=RecalculationState.CONFIRMED.value):
        for one in settled.months:
            month = date.fromisoformat(one["month"])
            if month in paid:
                paid[month] -= int(one["paid"]) - int(one["due"])
    return paid


def _propose(
    grant: Grant, /, *, actor: Viewer, at: datetime, cause: Cause, from_month: date, due: Mapping[date, int | None]
) -> int | None:
    found = differences(paid=_paid(grant, from_month, only=set(due)), due=due)
    over = sum(one.over_fen for one in found)
    if not over:
        return None
    values = {
        "cause": cause.value,
        "effective_month": from_month,
        "until_month": plus(max(one.month for one in found), 1),
        "months": _as_json(found),
        "over_fen": over,
    }
    if Recalculation.objects.filter(
        grant_id=grant.pk, state=RecalculationState.DISMISSED.value, cause=cause.value, months=values["months"]
    ).exists():
        return None
    open_one = Recalculation.objects.filter(grant_id=grant.pk, state=RecalculationState.PROPOSED.value).first()
    if open_one is not None:
        Recalculation.objects.filter(pk=open_one.pk).update(**values)
        return int(open_one.pk)
    row = Recalculation.objects.create(
        area_id=grant.area_id,
        grant_id=grant.pk,
        household_id=grant.household_id,
        state=RecalculationState.PROPOSED.value,
        found_at=at,
        found_by=actor.account_id,
        **values,
    )
    _record(grant, actor=actor, at=at, action="payments.difference_found")
    publish(DifferenceFound(row.pk, grant.household_id, at), at=at, area_id=grant.area_id)
    return int(row.pk)


def _as_json(found: tuple[MonthDifference, ...]) -> list[dict[str, Any]]:
    return [{"month": one.month.isoformat(), "paid": one.paid_fen, "due": one.due_fen} for one in found]


def _proposed(actor: Viewer, recalculation_id: int) -> tuple[Recalculation, Grant]:
    require(viewer=actor, capability="payments.decide_difference")
    row = Recalculation.objects.select_for_update(no_key=True).filter(pk=recalculation_id).first()
    if row is None:
        raise UnableToDecideDifference("没有这项差额，或不在您的辖区内。")
    if row.state != RecalculationState.PROPOSED:
        raise UnableToDecideDifference(f"这项差额{RecalculationState(row.state).label}。请刷新再看。")
    if holder_of(account_id=row.found_by) == holder_of(account_id=actor.account_id):
        raise UnableToDecideDifference("提出的人不能自己确认。请由另一名工作人员办理。")
    return row, Grant.objects.select_for_update(no_key=True).get(pk=row.grant_id)


def _open_recovery(row: Recalculation, grant: Grant, actor: Viewer, at: datetime, months: int) -> None:
    post(
        actor=actor,
        at=at,
        kind="overpaid",
        reference=f"overpaid:{row.pk}",
        moves=[
            Move(
                Ledger.PAID,
                Ledger.RECEIVABLE,
                row.over_fen,
                row.area_id,
                grant.scheme,
                subject=f"recalculation:{row.pk}",
            )
        ],
    )
    month = plus(first_of(at.date()), 1)
    busy = Recovery.objects.filter(closed_at__isnull=True, grant_id__isnull=False).values("grant_id")
    # The ledger keeps a debt under its scheme, so it is deducted from a grant of the same scheme only.
    running = (
        Grant.objects.filter(household_id=grant.household_id, scheme=grant.scheme, end_month__isnull=True)
        .exclude(pk__in=busy)
        .order_by("id")
        .first()
    )
    instalment = row.over_fen
    if running is not None:
        amounts = Amount.objects.filter(grant=running, valid_from__lte=month).order_by("-valid_from")
        most = most_deductible_fen(
            standard_fen=standard_fen(month),
            floor_percent=figure("recovery_floor_percent", month),
            amount_fen=amounts.values_list("amount_fen", flat=True).first() or 0,
        )
        instalment = instalment_fen(outstanding_fen=row.over_fen, months=months, most_fen=most)
    Recovery.objects.create(
        area_id=row.area_id,
        recalculation=row,
        grant_id=running.pk if running is not None else None,
        total_fen=row.over_fen,
        instalment_fen=instalment,
        from_month=month,
    )


def _decide(
    row: Recalculation, grant: Grant, /, *, actor: Viewer, at: datetime, state: RecalculationState, reason: str
) -> None:
    row.state, row.reason = state.value, reason.strip()[:200]
    row.decided_at, row.decided_by = at, actor.account_id
    row.save()
    _record(grant, actor=actor, at=at, action=f"payments.difference_{state.value}")


def _running(actor: Viewer, recovery_id: int, capability: str) -> Recovery:
    require(viewer=actor, capability=capability)
    recovery = (
        Recovery.objects.select_for_update(no_key=True, of=("self",)).select_related("recalculation")
        .filter(pk=recovery_id, closed_at__isnull=True).first()
    )  # fmt: skip
    if recovery is None:
        raise UnableToDecideDifference("没有这项追回，或已经追回完毕，或不在您的辖区内。")
    return recovery


def _record(grant: Grant, /, *, actor: Viewer, at: datetime, action: str) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.grant",
        object_id=str(grant.pk),
        area_id=grant.area_id,
    )


def _note(recovery: Recovery, actor: Viewer, at: datetime, action: str, detail: dict[str, int]) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.recovery",
        object_id=str(recovery.pk),
        area_id=recovery.area_id,
        detail=dict(detail),
    )

"""The work that held, returned and unknown lines left behind: whose, how much, why, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Amount, Finding, FollowUp, Grant, Line
from minsheng.work.payments.rules.checks import BY_CODE
from minsheng.work.payments.types import FollowUpKind, Severity

ROWS = 20


@dataclass(frozen=True)
class FollowUpRow:
    """One piece of work. `fen` is what did not arrive, or, of a grant that needs a payee, what waits each month.

    `reasons` are the checks that held the line, with remedies, or why the payee is gone.
    """

    follow_up_id: int
    kind: FollowUpKind
    opened_at: datetime
    grant_id: int
    household_id: int
    payee_id: int
    scheme: str
    month: date
    fen: int
    bank_code: str
    reasons: tuple[tuple[str, str], ...]

    @property
    def needs_payee(self) -> bool:
        return self.kind is FollowUpKind.PAYEE

    @property
    def waits_for_bank(self) -> bool:
        return self.kind is FollowUpKind.UNKNOWN


@dataclass(frozen=True)
class FollowUpPage:
    """A page of open work, oldest first, and how much there is of each kind."""

    rows: tuple[FollowUpRow, ...]
    counts: dict[FollowUpKind, int]
    next_token: str | None
    previous_token: str | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def open_follow_ups(*, viewer: Viewer, kind: FollowUpKind | None = None, token: str | None = None) -> FollowUpPage:
    """This function will return the open work of the viewer's areas, of one kind or of all."""
    require(viewer=viewer, capability="payments.work")
    waiting = FollowUp.objects.filter(closed_at__isnull=True)
    counted = dict(waiting.order_by().values_list("kind").annotate(n=Count("id")))
    chosen = waiting if kind is None else waiting.filter(kind=kind.value)
    page = keyset_page(chosen, order=("opened_at", "id"), token=token, size=ROWS)
    return FollowUpPage(
        _rows(page.rows),
        {one: counted.get(one.value, 0) for one in FollowUpKind},
        page.next_token,
        page.previous_token,
    )


def follow_up_exists(*, viewer: Viewer, follow_up_id: int) -> bool:
    """This function will say whether the viewer's areas hold work of this number, done or not."""
    require(viewer=viewer, capability="payments.work")
    return FollowUp.objects.filter(pk=follow_up_id).exists()


def _rows(found: Iterable[FollowUp]) -> tuple[FollowUpRow, ...]:
    found = list(found)
    lines = Line.objects.in_bulk([one.line_id for one in found if one.line_id])
    named = {line.grant_id for line in lines.values()} | {one.grant_id for one in found if one.grant_id}
    grants = Grant.objects.in_bulk(named)
    last = {
        grant: (month, fen)
        for grant, month, fen in Amount.objects.filter(grant_id__in={one.grant_id for one in found if one.grant_id})
        .order_by("valid_from")
        .values_list("grant_id", "valid_from", "amount_fen")
    }
    titles = scheme_titles()
    against = Q(severity=Severity.BLOCK.value) | Q(passed=False)
    held = [one.line_id for one in found if one.kind == FollowUpKind.HELD]
    reasons: dict[int, list[tuple[str, str]]] = {}
    for line_id, code in (
        Finding.objects.filter(against, line_id__in=held).order_by("id").values_list("line_id", "check_code")
    ):
        reasons.setdefault(line_id or 0, []).append((BY_CODE[code].label, BY_CODE[code].remedy))
    rows = []
    for one in found:
        line = lines.get(one.line_id or 0)
        grant = grants.get(line.grant_id if line is not None else one.grant_id or 0)
        if grant is None:
            continue
        month, fen = (
            (line.month, line.amount_fen - line.deducted_fen)
            if line is not None
            else last.get(grant.pk, (grant.first_month, 0))
        )
        why = (
            tuple(reasons.get(line.pk, ()))
            if line is not None
            else ((one.reason, FollowUpKind(one.kind).next_step.rstrip("。")),)
        )
        rows.append(
            FollowUpRow(
                follow_up_id=one.pk,
                kind=FollowUpKind(one.kind),
                opened_at=one.opened_at,
                grant_id=grant.pk,
                household_id=grant.household_id,
                payee_id=grant.payee_person_id,
                scheme=titles.get(grant.scheme, grant.scheme),
                month=month,
                fen=fen,
                bank_code=line.bank_code if line is not None else "",
                reasons=why,
            )
        )
    return tuple(rows)

"""One grant: what it gives from when, where the money goes (masked), and what became of its months."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import Audience, mask_card, mask_name
from minsheng.foundation.sealing.operations import UnableToOpenSealed, open_sealed
from minsheng.records.registry.queries.households import members_on, person_names
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import Amount, FollowUp, Grant, Line, PayeeAccount
from minsheng.work.payments.sealed_columns import ACCOUNT_NUMBER
from minsheng.work.payments.types import FollowUpKind, LineState, PayeeRole

LINES = 24


@dataclass(frozen=True)
class AccountLine:
    """One account of a grant, masked; `own` where the viewer entered it, so that somebody else approves."""

    account_id: int
    holder: str
    bank: str
    number: str
    basis: str
    entered_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None
    own: bool
    new_payee: str
    role: PayeeRole | None


@dataclass(frozen=True)
class GrantPage:
    """One grant as its page shows it; amounts are (from, until or None, fen), names masked.

    `wanted` says why another payee is needed, or is empty; `family` are (id, name) of who could be it.
    """

    grant_id: int
    household_id: int
    scheme: str
    once: bool
    payee: str
    wanted: str
    family: tuple[tuple[int, str], ...]
    first_month: date
    end_month: date | None
    held_reason: str
    amounts: tuple[tuple[date, date | None, int], ...]
    accounts: tuple[AccountLine, ...]
    lines: tuple[tuple[date, LineState, int], ...]

    @property
    def paid_months(self) -> tuple[tuple[date, int], ...]:
        """The months that went out, the newest first: of these too much can have been paid."""
        return tuple((month, fen) for month, state, fen in self.lines if state is LineState.PAID)

    @property
    def in_use(self) -> AccountLine | None:
        return next((one for one in self.accounts if one.approved_at and not one.ended_at), None)

    @property
    def to_approve(self) -> AccountLine | None:
        return next((one for one in self.accounts if not one.approved_at and not one.ended_at), None)


def grant_page(*, viewer: Viewer, grant_id: int, on: date) -> GrantPage | None:
    """This function will return one grant, or None where the viewer's areas hold none of this number."""
    require(viewer=viewer, capability="payments.work")
    grant = Grant.objects.filter(pk=grant_id).first()
    if grant is None:
        return None
    own = holder_of(account_id=viewer.account_id)
    amounts = Amount.objects.filter(grant=grant).order_by("valid_from")
    lines = Line.objects.filter(grant_id=grant.pk).order_by("-month", "-id")[:LINES]
    accounts = list(PayeeAccount.objects.filter(grant=grant).order_by("-id"))
    family = set(members_on(household_id=grant.household_id, on=on)[0])
    people = {grant.payee_person_id, *family, *(one.payee_person_id for one in accounts if one.payee_person_id)}
    names = {one: mask_name(name, Audience.STAFF) for one, name in person_names(person_ids=people).items()}
    wanted = FollowUp.objects.filter(grant_id=grant.pk, kind=FollowUpKind.PAYEE.value, closed_at__isnull=True)
    return GrantPage(
        grant.pk,
        grant.household_id,
        scheme_titles().get(grant.scheme, grant.scheme),
        grant.once,
        names.get(grant.payee_person_id, "不在辖区内的人"),
        wanted.values_list("reason", flat=True).first() or "",
        tuple((one, names[one]) for one in sorted(family - {grant.payee_person_id}) if one in names),
        grant.first_month,
        grant.end_month,
        grant.held_reason,
        tuple((one.valid_from, one.valid_to, one.amount_fen) for one in amounts if one.valid_to != one.valid_from),
        tuple(_account(one, own, names) for one in accounts),
        tuple((one.month, LineState(one.state), one.amount_fen - one.deducted_fen) for one in lines),
    )


def _account(one: PayeeAccount, own: str, names: dict[int, str]) -> AccountLine:
    try:
        number = mask_card(open_sealed(context=ACCOUNT_NUMBER, row_id=one.pk, sealed=one.number_sealed))
    except UnableToOpenSealed:
        number = "封印不对，打不开"
    return AccountLine(
        one.pk,
        mask_name(one.holder_name, Audience.STAFF),
        one.bank,
        number,
        "随决定登记" if one.approved_by is None and one.approved_at else one.basis,
        one.entered_at,
        one.approved_at,
        one.ended_at,
        holder_of(account_id=one.entered_by) == own,
        names.get(one.payee_person_id, "不在辖区内的人") if one.payee_person_id else "",
        PayeeRole(one.payee_role) if one.payee_role else None,
    )

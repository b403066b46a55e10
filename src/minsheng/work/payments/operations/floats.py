"""备用金: money kept in hand for relief that is paid once. The ledger says what is in it; no count overwrites it."""

from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_above
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.queries import holder_of
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.pages.wording import yuan
from minsheng.records.registry.queries.whereabouts import areas_of_households
from minsheng.work.eligibility.queries.standing import standard_fen
from minsheng.work.payments.models import Float, FloatCeiling, FloatDraw, FloatReconciliation, Grant, Posting
from minsheng.work.payments.operations.ledger import Move, post
from minsheng.work.payments.queries.balances import balance, float_limits, fund_left
from minsheng.work.payments.rules.floats import most_for_one, room_left
from minsheng.work.payments.rules.months import first_of
from minsheng.work.payments.types import Ledger, NewDraw

SCHEME = "emergency_assistance"  # floats are filled from the fund of 临时救助


class UnableToUseFloat(ValueError):
    """The float does not allow this: says why and what to do."""


def open_float(*, actor: Viewer, at: datetime, area_id: int, name: str) -> int:
    """This function will open the float of the district or of a street; one for each area."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.fund_float")
        way = areas_above(area_ids=[area_id]).get(area_id, ())
        if len(way) not in (1, 2):
            raise UnableToUseFloat("备用金只设区、街道两级。请选择区或街道。")
        if Float.objects.filter(area_id=area_id).exists():
            raise UnableToUseFloat(f"{way[-1].name}已经有备用金，一处只设一个。")
        level = "district" if len(way) == 1 else "street"
        made = Float.objects.create(area_id=area_id, name=name.strip()[:60], level=level, opened_at=at)
        _record(made, actor=actor, at=at, action="payments.float_opened")
    return int(made.pk)


def set_float_ceiling(
    *, actor: Viewer, at: datetime, float_id: int, valid_from: date, ceiling_fen: int, case_fen: int, basis: str
) -> None:
    """This function will set how much a float may hold and one household may get, in fen, from a day on."""
    with acting_as(viewer=actor, at=at):
        kept = _locked(actor, float_id, "payments.fund_float")
        if not 0 < case_fen <= ceiling_fen or not basis.strip():
            raise UnableToUseFloat("单笔限额要大于零、不超过总限额，并写明依据的文件。")
        if valid_from < at.date():
            raise UnableToUseFloat("新的限额从今天或以后起，过去的限额不能改。")
        if FloatCeiling.objects.filter(float=kept, valid_from=valid_from).exists():
            raise UnableToUseFloat("这一天起的限额已经定过。请另选一天。")
        FloatCeiling.objects.create(
            float=kept,
            area_id=kept.area_id,
            valid_from=valid_from,
            ceiling_fen=ceiling_fen,
            case_fen=case_fen,
            basis=basis.strip()[:100],
            set_at=at,
            set_by=actor.account_id,
        )
        _record(kept, actor=actor, at=at, action="payments.float_ceiling_set", fen=ceiling_fen)


def replenish_float(*, actor: Viewer, at: datetime, float_id: int, fen: int, reference: str) -> int:
    """This function will bring fen from the fund into a float, up to its ceiling; `reference` is the voucher."""
    with acting_as(viewer=actor, at=at):
        kept = _locked(actor, float_id, "payments.fund_float")
        ceiling, _ = float_limits(kept, on=at.date())
        room = room_left(ceiling_fen=ceiling, book_fen=balance(kept))
        if isinstance(fen, bool) or not isinstance(fen, int) or not 0 < fen <= room:
            raise UnableToUseFloat(f"补充后不能超过限额 {yuan(ceiling)} 元，最多还能补 {yuan(room)} 元。")
        if fen > fund_left(scheme=SCHEME):
            raise UnableToUseFloat("临时救助专项资金余额不够。请会计先登记到账的拨款。")
        key = f"float:{reference.strip()}"[:80]
        if not reference.strip() or Posting.objects.filter(reference=key).exists():
            raise UnableToUseFloat("请填付款凭证号，一张凭证只登记一次。")
        posting = post(
            actor=actor,
            at=at,
            kind="float_filled",
            reference=key,
            moves=[Move(Ledger.FUND, Ledger.FLOAT, fen, kept.area_id, SCHEME, subject=_subject(kept))],
        )
        _record(kept, actor=actor, at=at, action="payments.float_filled", fen=fen)
    return posting


def ask_float(*, actor: Viewer, at: datetime, draw: NewDraw) -> int | None:
    """This function will ask the nearest float for relief that a decision gives once, and return the draw's id.

    None where no float may pay it: there is none, or it is more than one household may get at once, or the money that
    is left, less what others wait for, does not suffice; it is then paid with the month's run. A decision is used once.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.grant")
        area_id = areas_of_households(household_ids=[draw.household_id]).get(draw.household_id)
        if area_id is None:
            raise UnableToUseFloat("没有这一户，或不在您的辖区内。请核对户号。")
        if isinstance(draw.amount_fen, bool) or not isinstance(draw.amount_fen, int) or draw.amount_fen <= 0:
            raise UnableToUseFloat("金额要是大于零的整数分。")
        used = FloatDraw.objects.filter(decision_ref=draw.decision.reference).exists()
        if used or Grant.objects.filter(decision_ref=draw.decision.reference).exists():
            raise UnableToUseFloat("这份决定已经用过，一份决定只支付一次。")
        for area in reversed(areas_above(area_ids=[area_id])[area_id]):
            kept = Float.objects.select_for_update(no_key=True).filter(area_id=area.id).first()
            if kept is None or draw.amount_fen > _most(kept, draw, at) or draw.amount_fen > _free(kept):
                continue
            made = FloatDraw.objects.create(
                float=kept,
                area_id=kept.area_id,
                household_id=draw.household_id,
                person_id=draw.person_id,
                use=draw.use.value,
                scheme=draw.scheme,
                amount_fen=draw.amount_fen,
                decision_ref=draw.decision.reference,
                decision_sha256=draw.decision.sha256,
                asked_at=at,
                asked_by=actor.account_id,
            )
            _record(kept, actor=actor, at=at, action="payments.float_asked", fen=draw.amount_fen)
            return int(made.pk)
    return None


def pay_draw(*, actor: Viewer, at: datetime, draw_id: int, receipt: str) -> None:
    """This function will hand the money over against a receipt; who decided does not pay."""
    with acting_as(viewer=actor, at=at):
        row, kept = _waiting(actor, draw_id, "payments.spend_float")
        if holder_of(account_id=row.asked_by) == holder_of(account_id=actor.account_id):
            raise UnableToUseFloat("决定救助的人不能自己付款。请由另一个人付。")
        if not receipt.strip():
            raise UnableToUseFloat("请填领款人签字的收据号。")
        if row.amount_fen > balance(kept):
            raise UnableToUseFloat("备用金余额不够。请先向区里申请补充。")
        post(
            actor=actor,
            at=at,
            kind="float_paid",
            reference=f"draw:{row.pk}",
            moves=[Move(Ledger.FLOAT, Ledger.PAID, row.amount_fen, kept.area_id, SCHEME, subject=f"draw:{row.pk}")],
        )
        row.paid_at, row.paid_by, row.receipt = at, actor.account_id, receipt.strip()[:40]
        row.save(update_fields=["paid_at", "paid_by", "receipt"])
        _record(kept, actor=actor, at=at, action="payments.float_paid", fen=row.amount_fen)


def withdraw_draw(*, actor: Viewer, at: datetime, draw_id: int, reason: str) -> None:
    """This function will take back a draw that nobody has paid, with the reason."""
    with acting_as(viewer=actor, at=at):
        row, kept = _waiting(actor, draw_id, "payments.spend_float")
        if not reason.strip():
            raise UnableToUseFloat("请写明为什么不付，例如本人不再需要。")
        row.withdrawn_at, row.withdrawn_reason = at, reason.strip()[:200]
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        _record(kept, actor=actor, at=at, action="payments.float_withdrawn", fen=row.amount_fen)


def count_float(*, actor: Viewer, at: datetime, float_id: int, counted_fen: int, note: str) -> int:
    """This function will note what was counted in a month against the ledger; a difference needs its explanation.

    Who has paid out of this float in the month does not count it.
    """
    with acting_as(viewer=actor, at=at):
        kept = _locked(actor, float_id, "payments.count_float")
        month = first_of(at.date())
        if isinstance(counted_fen, bool) or not isinstance(counted_fen, int) or counted_fen < 0:
            raise UnableToUseFloat("请填清点到的金额，没有钱填 0。")
        if FloatReconciliation.objects.filter(float=kept, month=month).exists():
            raise UnableToUseFloat("这个月已经盘点过。差额已单独记账，不能重盘覆盖。")
        _refuse_spender(kept, actor, month)
        book = balance(kept)
        if book != counted_fen and not note.strip():
            raise UnableToUseFloat(f"账上 {yuan(book)} 元，清点 {yuan(counted_fen)} 元。请写明差额的原因。")
        made = FloatReconciliation.objects.create(
            float=kept,
            area_id=kept.area_id,
            month=month,
            book_fen=book,
            counted_fen=counted_fen,
            note=note.strip()[:200],
            at=at,
            account_id=actor.account_id,
        )
        _record(kept, actor=actor, at=at, action="payments.float_counted", fen=counted_fen - book)
    return int(made.pk)


def confirm_count(*, actor: Viewer, at: datetime, count_id: int) -> None:
    """This function will confirm a count by a second person and book the difference; what stood in the book stays."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.confirm_count")
        row = FloatReconciliation.objects.select_for_update(no_key=True).filter(pk=count_id).first()
        if row is None or row.confirmed_at is not None:
            raise UnableToUseFloat("没有这次盘点，或已经有人复核，或不在您的辖区内。")
        if holder_of(account_id=row.account_id) == holder_of(account_id=actor.account_id):
            raise UnableToUseFloat("清点的人不能自己复核。请由另一个人复核。")
        kept = Float.objects.select_for_update(no_key=True).get(pk=row.float_id)
        _refuse_spender(kept, actor, row.month)
        gap = row.counted_fen - row.book_fen
        if gap:
            source, target = (Ledger.FLOAT_GAP, Ledger.FLOAT) if gap > 0 else (Ledger.FLOAT, Ledger.FLOAT_GAP)
            post(
                actor=actor,
                at=at,
                kind="float_gap",
                reference=f"count:{row.pk}",
                moves=[Move(source, target, abs(gap), kept.area_id, SCHEME, subject=_subject(kept))],
                note=row.note[:100],
            )
        row.confirmed_at, row.confirmed_by = at, actor.account_id
        row.save(update_fields=["confirmed_at", "confirmed_by"])
        _record(kept, actor=actor, at=at, action="payments.float_count_confirmed", fen=gap)


def _most(kept: Float, draw: NewDraw, at: datetime) -> int:
    _, case_fen = float_limits(kept, on=at.date())
    return most_for_one(use=draw.use, case_fen=case_fen, standard_fen=standard_fen(first_of(at.date())))


def _free(kept: Float) -> int:
    waiting = FloatDraw.objects.filter(float=kept, paid_at__isnull=True, withdrawn_at__isnull=True)
    return balance(kept) - sum(waiting.values_list("amount_fen", flat=True))


def _refuse_spender(kept: Float, actor: Viewer, month: date) -> None:
    payers = FloatDraw.objects.filter(float=kept, paid_at__date__gte=month).values_list("paid_by", flat=True)
    own = holder_of(account_id=actor.account_id)
    if any(holder_of(account_id=payer) == own for payer in set(payers) if payer is not None):
        raise UnableToUseFloat("您这个月从这笔备用金里付过款，不能盘点。请由没有经手付款的人盘点和复核。")


def _locked(actor: Viewer, float_id: int, capability: str) -> Float:
    require(viewer=actor, capability=capability)
    kept = Float.objects.select_for_update(no_key=True).filter(pk=float_id).first()
    if kept is None:
        raise UnableToUseFloat("没有这笔备用金，或不在您的辖区内。")
    return kept


def _waiting(actor: Viewer, draw_id: int, capability: str) -> tuple[FloatDraw, Float]:
    require(viewer=actor, capability=capability)
    row = FloatDraw.objects.filter(pk=draw_id).first()
    if row is None:
        raise UnableToUseFloat("没有这笔支付，或不在您的辖区内。")
    kept = Float.objects.select_for_update(no_key=True).get(pk=row.float_id)
    row.refresh_from_db()  # another payer may have been faster while this one waited for the float
    if row.paid_at is not None or row.withdrawn_at is not None:
        raise UnableToUseFloat("这笔已经付过或撤回。请刷新再看。")
    return row, kept


def _subject(kept: Float) -> str:
    return f"float:{kept.pk}"


def _record(kept: Float, /, *, actor: Viewer, at: datetime, action: str, fen: int | None = None) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.float",
        object_id=str(kept.pk),
        area_id=kept.area_id,
        detail={} if fen is None else {"fen": fen},
    )

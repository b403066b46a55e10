"""From decision to money: grants, their amounts by month, holds and ends. No grant without a decision."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.events.operations import publish, publish_all
from minsheng.foundation.sealing.bulk import seal_many
from minsheng.foundation.sealing.operations import current_keyring, seal
from minsheng.records.registry.queries.households import person_names
from minsheng.records.registry.queries.whereabouts import areas_of_households
from minsheng.work.payments.events import GrantEnded, GrantOpened
from minsheng.work.payments.models import Amount, FloatDraw, Grant
from minsheng.work.payments.operations.accounts import store_decided_accounts
from minsheng.work.payments.rules.months import plus
from minsheng.work.payments.sealed_columns import AMOUNT, amount_words
from minsheng.work.payments.types import DecisionRef, NewGrant

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REFERENCE = re.compile(r"[!-~]{1,64}")


class UnableToOpenGrant(ValueError):
    """The grant cannot be opened: says why and what to do."""


class UnableToChangeGrant(ValueError):
    """The grant cannot be changed so: says why and what to do."""


def open_grant(*, actor: Viewer, at: datetime, grant: NewGrant) -> int:
    """This function will open one grant on a decision and return its id; see `open_grants`."""
    return open_grants(actor=actor, at=at, grants=[grant])[0]


def open_grants(*, actor: Viewer, at: datetime, grants: Sequence[NewGrant]) -> list[int]:
    """This function will open grants, all or none, and return their ids in order.

    Each rests on its own decision (reference and SHA-256), used once. Raises UnableToOpenGrant for a missing or used
    decision, an amount that is not a positive number of fen, a day that is no month, a household or person outside the
    actor's areas, or a beneficiary whom the scheme pays already.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.grant")
        areas = areas_of_households(household_ids={one.household_id for one in grants})
        names = person_names(
            person_ids={p for one in grants for p in (one.person_id, one.payee_person_id) if p is not None}
        )
        for one in grants:
            _check(one, areas, names)
        _refuse_repeated(grants)
        ids = _next_ids("payments_grant_id_seq", len(grants))
        Grant.objects.bulk_create(
            [
                Grant(
                    id=number,
                    area_id=areas[one.household_id],
                    scheme=one.scheme,
                    household_id=one.household_id,
                    person_id=one.person_id,
                    payee_person_id=one.payee_person_id,
                    decision_ref=one.decision.reference,
                    decision_sha256=one.decision.sha256,
                    first_month=one.first_month,
                    end_month=one.end_month,
                    once=one.once,
                    opened_at=at,
                    opened_by=actor.account_id,
                )
                for number, one in zip(ids, grants, strict=True)
            ],
            batch_size=2_000,
        )
        _store_amounts(ids, grants, areas)
        store_decided_accounts(
            at=at,
            actor=actor,
            rows=[
                (number, areas[one.household_id], one.payee, one.decision.reference)
                for number, one in zip(ids, grants, strict=True)
                if one.payee is not None
            ],
        )
        for number, one in zip(ids, grants, strict=True):
            if len(grants) == 1:
                audit.record(
                    actor=actor,
                    at=at,
                    action="payments.grant_opened",
                    object_type="payments.grant",
                    object_id=str(number),
                    area_id=areas[one.household_id],
                    detail={"scheme": one.scheme, "fen": one.amount_fen, "decision": one.decision.reference},
                )
        if len(grants) > 1:
            audit.record(
                actor=actor,
                at=at,
                action="payments.grants_opened",
                object_type="payments.grants",
                object_id=f"{ids[0]}-{ids[-1]}",
                detail={"grants": len(ids), "fen": sum(one.amount_fen for one in grants)},
            )
        publish_all(
            [
                GrantOpened(number, one.household_id, one.first_month, at)
                for number, one in zip(ids, grants, strict=True)
            ],
            at=at,
        )
    return ids


def change_grant(
    *, actor: Viewer, at: datetime, grant_id: int, decision: DecisionRef, amount_fen: int, from_month: date
) -> None:
    """This function will set another amount from a month on, by another decision; what was paid stays as it was.

    Months before `from_month` keep their amount. Whether paid months were too much or too little is a recalculation's
    question.
    """
    with acting_as(viewer=actor, at=at):
        grant = _locked(actor, grant_id)
        _check_decision(decision, UnableToChangeGrant)
        _check_amount(amount_fen, UnableToChangeGrant)
        _check_month(from_month, UnableToChangeGrant)
        if from_month < grant.first_month or (grant.end_month is not None and from_month >= grant.end_month):
            raise UnableToChangeGrant("新金额的起始月份不在这项发放的起止之间。请核对决定书。")
        if Amount.objects.filter(decision_ref=decision.reference).exists():
            raise UnableToChangeGrant(f"决定 {decision.reference} 已经用过，一份决定只能用一次。")
        if Amount.objects.filter(grant=grant, valid_from__gt=from_month).exists():
            raise UnableToChangeGrant("这个月份之后已经有另一次变更。请先撤回后一次，再从早的月份改起。")
        for row in Amount.objects.filter(grant=grant, valid_from__lte=from_month).order_by("valid_from"):
            if row.valid_to is None or row.valid_to > from_month:
                row.valid_to = from_month
                _reseal(row)
        _add_amount(grant, from_month, grant.end_month, amount_fen, decision)
        audit.record(
            actor=actor,
            at=at,
            action="payments.grant_changed",
            object_type="payments.grant",
            object_id=str(grant_id),
            area_id=grant.area_id,
            detail={"fen": amount_fen, "from": from_month.isoformat(), "decision": decision.reference},
        )


def end_grant(
    *, actor: Viewer, at: datetime, grant_id: int, decision: DecisionRef, from_month: date, reason: str
) -> None:
    """This function will end a grant: nothing is due from `from_month` on. `reason` is a short code or word."""
    with acting_as(viewer=actor, at=at):
        grant = _locked(actor, grant_id)
        _check_decision(decision, UnableToChangeGrant)
        _check_month(from_month, UnableToChangeGrant)
        end_on(grant, at=at, actor=actor, from_month=from_month, reason=reason, decision_ref=decision.reference)


def hold_grant(*, actor: Viewer, at: datetime, grant_id: int, reason: str) -> None:
    """This function will keep a grant out of runs until somebody lifts the hold; no run undoes it by itself."""
    _set_hold(actor, at, grant_id, reason.strip(), "payments.grant_held")


def resume_grant(*, actor: Viewer, at: datetime, grant_id: int) -> None:
    """This function will lift a hold; months that were held are made up in the next run."""
    _set_hold(actor, at, grant_id, "", "payments.grant_resumed")


def end_on(grant: Grant, /, *, actor: Viewer, at: datetime, from_month: date, reason: str, decision_ref: str) -> None:
    """This function will end a locked grant on a month and publish it; an earlier end stays."""
    if grant.end_month is not None and grant.end_month <= from_month:
        return
    grant.end_month = max(from_month, grant.first_month)
    grant.end_reason = reason[:20]
    grant.end_decision_ref = decision_ref
    grant.save(update_fields=["end_month", "end_reason", "end_decision_ref"])
    for row in Amount.objects.filter(grant=grant).order_by("valid_from"):
        if row.valid_to is None or row.valid_to > grant.end_month:
            row.valid_to = max(grant.end_month, row.valid_from)
            _reseal(row)
    audit.record(
        actor=actor,
        at=at,
        action="payments.grant_ended",
        object_type="payments.grant",
        object_id=str(grant.pk),
        area_id=grant.area_id,
        detail={"from": grant.end_month.isoformat(), "reason": grant.end_reason, "decision": decision_ref},
    )
    publish(GrantEnded(grant.pk, grant.household_id, grant.end_month, at), at=at, area_id=grant.area_id)


def _set_hold(actor: Viewer, at: datetime, grant_id: int, reason: str, action: str) -> None:
    with acting_as(viewer=actor, at=at):
        grant = _locked(actor, grant_id)
        if action == "payments.grant_held" and not reason:
            raise UnableToChangeGrant("请写明暂停发放的原因。")
        grant.held_reason = reason[:200]
        grant.save(update_fields=["held_reason"])
        audit.record(
            actor=actor,
            at=at,
            action=action,
            object_type="payments.grant",
            object_id=str(grant_id),
            area_id=grant.area_id,
        )


def _locked(actor: Viewer, grant_id: int) -> Grant:
    require(viewer=actor, capability="payments.grant")
    grant = Grant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()
    if grant is None:
        raise UnableToChangeGrant("没有这项发放，或不在您的辖区内。请核对编号。")
    return grant


def _check(one: NewGrant, areas: dict[int, int], names: dict[int, str]) -> None:
    _check_decision(one.decision, UnableToOpenGrant)
    _check_amount(one.amount_fen, UnableToOpenGrant)
    for month in (one.first_month, one.end_month):
        if month is not None:
            _check_month(month, UnableToOpenGrant)
    if one.end_month is not None and one.end_month <= one.first_month:
        raise UnableToOpenGrant("终止月份要晚于起始月份。请核对决定书。")
    if one.once:
        _check_parts(one)
    elif one.parts:
        raise UnableToOpenGrant("按月发的待遇不分次。请核对决定书。")
    if one.household_id not in areas:
        raise UnableToOpenGrant("没有这一户，或不在您的辖区内。请核对户号。")
    if one.payee_person_id not in names or (one.person_id is not None and one.person_id not in names):
        raise UnableToOpenGrant("没有这个人，或不在您的辖区内。请先在登记库中找到本人。")


def _check_parts(one: NewGrant) -> None:
    """Each part has a month of its own, in order, and together they are what was decided, to the fen."""
    months = [month for month, _ in _parts_of(one)]
    for month, fen in _parts_of(one):
        _check_month(month, UnableToOpenGrant)
        _check_amount(fen, UnableToOpenGrant)
    if one.parts and (months != sorted(set(months)) or sum(fen for _, fen in one.parts) != one.amount_fen):
        raise UnableToOpenGrant("分次发的，每月最多一次，各次加起来要等于决定的金额。请核对决定书。")
    if months[0] != one.first_month or one.end_month != plus(months[-1], 1):
        raise UnableToOpenGrant("一次性的待遇从第一次的月份起，到最后一次的月份止。请核对决定书。")


def _parts_of(one: NewGrant) -> tuple[tuple[date, int], ...]:
    return one.parts or ((one.first_month, one.amount_fen),)


def _check_decision(decision: DecisionRef, error: type[ValueError]) -> None:
    if not _REFERENCE.fullmatch(decision.reference) or not _SHA256.fullmatch(decision.sha256):
        raise error("发放要依据一份决定：决定编号和内容摘要（SHA-256）都不能缺。请从案件中发起。")


def _check_amount(amount_fen: int, error: type[ValueError]) -> None:
    if isinstance(amount_fen, bool) or not isinstance(amount_fen, int) or amount_fen <= 0:
        raise error("金额要是大于零的整数分。不再发放请用终止，不要填零。")


def _check_month(month: date, error: type[ValueError]) -> None:
    if month.day != 1:
        raise error(f"{month} 不是月份的第一天。发放按整月计算。")


def _refuse_repeated(grants: Sequence[NewGrant]) -> None:
    references = [one.decision.reference for one in grants]
    used = set(Grant.objects.filter(decision_ref__in=references).values_list("decision_ref", flat=True))
    used |= set(Amount.objects.filter(decision_ref__in=references).values_list("decision_ref", flat=True))
    used |= set(FloatDraw.objects.filter(decision_ref__in=references).values_list("decision_ref", flat=True))
    if used or len(set(references)) < len(references):
        raise UnableToOpenGrant(f"决定 {min(used, default=references[0])} 已经用过，一份决定只能开一项发放。")
    households = {one.household_id for one in grants}
    taken = set(
        Grant.objects.filter(household_id__in=households, end_month__isnull=True).values_list(
            "scheme", "household_id", "person_id"
        )
    )
    for one in grants:
        key = (one.scheme, one.household_id, one.person_id)
        if key in taken and one.end_month is None:
            raise UnableToOpenGrant("这户（人）的这项待遇已经在发。要改金额请用变更，不要重开。")
        if one.end_month is None:
            taken.add(key)


def _next_ids(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [int(row[0]) for row in cursor.fetchall()]


def _store_amounts(ids: list[int], grants: Sequence[NewGrant], areas: dict[int, int]) -> None:
    """One row for each grant, or for each part of one; the second part of decision D is D#2."""
    rows = [
        (grant_id, one, month, plus(month, 1) if one.once else one.end_month, fen, number)
        for grant_id, one in zip(ids, grants, strict=True)
        for number, (month, fen) in enumerate(_parts_of(one), start=1)
    ]
    numbers = _next_ids("payments_amount_id_seq", len(rows))
    words: list[str | None] = [
        amount_words(grant_id=grant_id, valid_from=since, valid_to=until, amount_fen=fen, sha256=one.decision.sha256)
        for grant_id, one, since, until, fen, _ in rows
    ]
    seals = seal_many(keyring=current_keyring(), context=AMOUNT, row_ids=numbers, values=words)
    Amount.objects.bulk_create(
        [
            Amount(
                id=row_id,
                area_id=areas[one.household_id],
                grant_id=grant_id,
                valid_from=since,
                valid_to=until,
                amount_fen=fen,
                decision_ref=one.decision.reference if number == 1 else f"{one.decision.reference}#{number}",
                decision_sha256=one.decision.sha256,
                seal=sealed or b"",
            )
            for row_id, (grant_id, one, since, until, fen, number), sealed in zip(numbers, rows, seals, strict=True)
        ],
        batch_size=2_000,
    )


def _add_amount(grant: Grant, valid_from: date, valid_to: date | None, amount_fen: int, decision: DecisionRef) -> None:
    row = Amount(
        id=_next_ids("payments_amount_id_seq", 1)[0],
        area_id=grant.area_id,
        grant=grant,
        valid_from=valid_from,
        valid_to=valid_to,
        amount_fen=amount_fen,
        decision_ref=decision.reference,
        decision_sha256=decision.sha256,
    )
    row.seal = _sealed(row)
    row.save(force_insert=True)


def _reseal(row: Amount) -> None:
    row.seal = _sealed(row)
    row.save(update_fields=["valid_to", "seal"])


def _sealed(row: Amount) -> bytes:
    text = amount_words(
        grant_id=row.grant_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        amount_fen=row.amount_fen,
        sha256=row.decision_sha256,
    )
    return seal(context=AMOUNT, row_id=row.pk, value=text)

"""The code from the counter: given out after a look at the papers, taken back, and turned into a sitting."""

import secrets
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.portal.identity import IdentityProvider
from minsheng.portal.models import Code, Session
from minsheng.portal.rules import CODE_LIFE, SESSION_LIFE, TRIES, may_have_code, new_code, shown_code, typed_code
from minsheng.portal.scope import day_of, ensure_resident_account, hash_of, system_viewer
from minsheng.portal.types import Channel, IdentityCheck, PrintedCode
from minsheng.records.registry.operations import open_person
from minsheng.records.registry.queries.households import UnableToFind, members_on
from minsheng.records.registry.queries.person import person_card
from minsheng.records.registry.queries.search import find


class UnableToIssueCode(ValueError):
    """The code cannot be given out: says why and what to do."""


class UnableToSignIn(ValueError):
    """The code opens nothing: one answer for a wrong one, an old one and one that was taken back."""

    def __init__(self) -> None:
        super().__init__(
            "这个码打不开。请核对 12 位数字；码过期了或者输错多次，请到社区或街道窗口重新打印一个，不收费。"
        )


def issue_code(*, actor: Viewer, at: datetime, person_id: int, identity_check: str) -> PrintedCode:
    """This function will give out a code for one person after their identity was checked, and end the one before.

    The code itself is returned once and stored nowhere. Raises PurposeNeeded until the look has a purpose.
    """
    require(viewer=actor, capability="portal.issue_code")
    with acting_as(viewer=actor, at=at):
        if identity_check not in set(IdentityCheck):
            raise UnableToIssueCode("请先核对本人身份，再选是怎样核对的。")
        card = open_person(viewer=actor, person_id=person_id, at=at)
        if card.household_id is None or card.dead_on is not None:
            raise UnableToIssueCode("这个人现在不在任何一户，打印不了。请先核对住户成员。")
        if not may_have_code(birth_date=card.birth_date, on=day_of(at)):
            raise UnableToIssueCode("未满 18 周岁的人不能自己用码。请给同住的监护人打印。")
        Code.objects.filter(person_id=card.person_id, ended_at__isnull=True).update(ended_at=at)
        selector, secret = new_code(random_digits=_digits, taken=_taken(at))
        row = Code.objects.create(
            area_id=card.area_id,
            household_id=card.household_id,
            person_id=card.person_id,
            selector=selector,
            secret_hash=_hashed(selector, secret),
            identity_check=identity_check,
            issued_by=actor.account_id,
            issued_by_name=actor.name,
            issued_at=at,
            expires_at=at + CODE_LIFE,
            tries_left=TRIES,
        )
        _record(actor, at, row, "portal.code_issued", identity_check=identity_check)
        return PrintedCode(row.pk, shown_code(selector, secret), row.expires_at, card.name)


def revoke_code(*, actor: Viewer, at: datetime, code_id: int) -> int:
    """This function will end a code and every sitting that it opened, and return whose it was."""
    require(viewer=actor, capability="portal.issue_code")
    with acting_as(viewer=actor, at=at):
        row = Code.objects.select_for_update(no_key=True).filter(pk=code_id).first()
        if row is None:
            raise UnableToFind("没有这个码，或者不在您的辖区内。")
        if row.ended_at is None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
        Session.objects.filter(code=row, ended_at__isnull=True).update(ended_at=at)
        _record(actor, at, row, "portal.code_revoked")
        return int(row.person_id)


def sign_in_by_code(*, typed: str, at: datetime) -> str:
    """This function will turn a code into a sitting and return the sitting's token, which is stored only as a hash.

    Done as the system account. A wrong secret costs one of the code's tries, also when the caller's page fails.
    """
    parts = typed_code(typed)
    if parts is None:
        raise UnableToSignIn
    token = _try(parts, at)
    if token is None:
        raise UnableToSignIn
    return token


def _try(parts: tuple[str, str], at: datetime) -> str | None:
    """Returns instead of raising, so that the try that was used up stays used up."""
    selector, secret = parts
    ensure_resident_account(at=at)
    with acting_as(viewer=system_viewer(at), at=at) as system:
        row = Code.objects.select_for_update(no_key=True).filter(selector=selector, ended_at__isnull=True).first()
        if row is None or row.expires_at <= at or row.tries_left == 0:
            return None
        if not constant_time_compare(row.secret_hash, _hashed(selector, secret)):
            row.tries_left -= 1
            row.ended_at = at if row.tries_left == 0 else None
            row.save(update_fields=["tries_left", "ended_at"])
            _record(system, at, row, "portal.code_refused", tries_left=row.tries_left)
            return None
        at_home, _ = members_on(household_id=row.household_id, on=day_of(at))
        if row.person_id not in at_home:  # moved, died or merged since the code was printed
            return None
        row.tries_left, row.used = TRIES, row.used + 1
        row.save(update_fields=["tries_left", "used"])
        return open_session(
            actor=system, at=at, area_id=row.area_id, household_id=row.household_id, person_id=row.person_id,
            channel=Channel.COUNTER_CODE, code_id=row.pk,
        )  # fmt: skip


def sign_in_by_identity(*, provider: IdentityProvider, ticket: str, at: datetime) -> str:
    """This function will turn what a provider vouches for into a sitting of the person's household.

    Number and name must both be those of one registered adult; raises UnableToProveIdentity or UnableToSignIn.
    """
    proven = provider.prove(ticket=ticket)
    ensure_resident_account(at=at)
    with acting_as(viewer=system_viewer(at), at=at) as system:
        hits, _, asked = find(viewer=system, text=proven.id_number, key=None, size=2)
        if not asked.id_number or len(hits) != 1:
            raise UnableToSignIn
        card = person_card(viewer=system, person_id=hits[0].person_id, on=day_of(at), known_at=at, purpose="")
        fit = may_have_code(birth_date=card.birth_date, on=day_of(at)) and card.dead_on is None
        if card.name != proven.name or card.household_id is None or not fit:
            raise UnableToSignIn
        return open_session(
            actor=system, at=at, area_id=card.area_id, household_id=card.household_id, person_id=card.person_id,
            channel=Channel.IDENTITY_PROVIDER,
        )  # fmt: skip


def open_session(
    *,
    actor: Viewer,
    at: datetime,
    area_id: int,
    household_id: int,
    person_id: int,
    channel: Channel,
    code_id: int | None = None,
) -> str:
    """This function will begin a sitting and return its token; call it inside the actor's scope, identity proven."""
    token = secrets.token_urlsafe(32)
    row = Session.objects.create(
        area_id=area_id,
        household_id=household_id,
        person_id=person_id,
        code_id=code_id,
        channel=channel.value,
        token_hash=hash_of(token),
        started_at=at,
        expires_at=at + SESSION_LIFE,
    )
    audit.record(
        actor=actor,
        at=at,
        action="portal.signed_in",
        object_type="portal.session",
        object_id=str(row.pk),
        area_id=area_id,
        detail={"household": household_id, "person": person_id, "channel": channel.value},
    )
    return token


def sign_out(*, token: str, at: datetime) -> None:
    """This function will end a sitting; one that has ended already stays ended."""
    with acting_as(viewer=system_viewer(at), at=at):
        Session.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).update(ended_at=at)


def _taken(at: datetime) -> frozenset[str]:
    """Selectors are unique in the whole district, which only the system account sees."""
    with acting_as(viewer=system_viewer(at), at=at):
        Code.objects.filter(ended_at__isnull=True, expires_at__lte=at).update(ended_at=at)
        return frozenset(Code.objects.filter(ended_at__isnull=True).values_list("selector", flat=True))


def _digits(number: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(number))


def _hashed(selector: str, secret: str) -> str:
    return salted_hmac("portal.code", selector + secret, algorithm="sha256").hexdigest()


def _record(actor: Viewer, at: datetime, row: Code, action: str, **detail: object) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="portal.code",
        object_id=str(row.pk),
        area_id=row.area_id,
        detail={"household": row.household_id, "person": row.person_id, **detail},
    )

"""Looking at people is an act: a purpose is stated first, and each look, list and search leaves a record."""

import base64
import json
from datetime import datetime, timedelta

from django.conf import settings

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import purpose_today
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.audit.queries import times_done
from minsheng.foundation.sealing.tokens import UnableToOpenToken, open_token, seal_token
from minsheng.records.registry.days import business_day
from minsheng.records.registry.models import Household, Person
from minsheng.records.registry.queries.duplicates import Typed, find_duplicates
from minsheng.records.registry.queries.households import UnableToFind, members_on
from minsheng.records.registry.queries.listing import digest_of, id_number_of, listed, phone_of
from minsheng.records.registry.queries.person import person_card, standing_id
from minsheng.records.registry.queries.search import Key, find
from minsheng.records.registry.types import Duplicate, FoundPage, LookPurpose, PersonCard

REVEALS_AN_HOUR = 20  # 演示参数: no text names a number; a counter serves about a dozen people an hour
_REVEALS = ("registry.id_number_revealed", "registry.phone_revealed")


class PurposeNeeded(Exception):
    """The purpose of looking at this person was not stated today; ask for it and come back."""

    def __init__(self, *, person_id: int) -> None:
        self.person_id = person_id
        super().__init__("请先说明今天为什么查看这个人的资料。")


class UnableToStatePurpose(ValueError):
    """The purpose is not in the list."""


class UnableToReveal(ValueError):
    """The whole number cannot be shown: says why and what to do."""


def _subject_of(person_id: int) -> str:
    """This function will name a person as the subject of a purpose."""
    return f"registry.person:{person_id}"


def state_purpose(*, actor: Viewer, at: datetime, person_id: int, code: str, note: str = "") -> int:
    """This function will record why the actor looks at a person today and return the id that stands for them."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.view_person")
        standing = standing_id(person_id=person_id)
        if code not in set(LookPurpose):
            raise UnableToStatePurpose("请选一个目的。")
        access.state_purpose(actor=actor, at=at, subject=_subject_of(standing), code=code, note=note.strip()[:200])
        return standing


def open_person(*, viewer: Viewer, person_id: int, at: datetime) -> PersonCard:
    """This function will return everything of a person and record the look; PurposeNeeded until a purpose is stated.

    A merged record's id opens the person that stands for it.
    """
    with acting_as(viewer=viewer, at=at):
        require(viewer=viewer, capability="registry.view_person")
        standing = standing_id(person_id=person_id)
        purpose = purpose_today(viewer=viewer, subject=_subject_of(standing), at=at)
        if purpose is None:
            raise PurposeNeeded(person_id=standing)
        card = person_card(viewer=viewer, person_id=person_id, on=business_day(at), known_at=at, purpose=purpose)
        audit.record(
            actor=viewer,
            at=at,
            action="registry.person_opened",
            object_type="registry.person",
            object_id=str(standing),
            area_id=card.area_id,
            purpose=purpose,
        )
        return card


def look_at_household(*, actor: Viewer, at: datetime, household_id: int, about: str = "registry.household") -> str:
    """This function will record a look at a household and return the purpose; one stated for any member will do.

    PurposeNeeded names the head, for whom it is to be stated. `about` says what is looked at ("eligibility.<scheme>").
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.view_person")
        area_id = Household.objects.filter(pk=household_id).values_list("area_id", flat=True).first()
        homes, _ = members_on(household_id=household_id, on=business_day(at))
        if area_id is None or not homes:
            raise UnableToFind("没有找到这一户，或者不在您的辖区内。请核对户号。")
        people = sorted(homes, key=lambda p: (homes[p].relation != "head", p))
        stated = (purpose_today(viewer=actor, subject=_subject_of(p), at=at) for p in people)
        purpose = next((p for p in stated if p is not None), None)
        if purpose is None:
            raise PurposeNeeded(person_id=people[0])
        audit.record(
            actor=actor,
            at=at,
            action="registry.household_opened",
            object_type="registry.household",
            object_id=str(household_id),
            area_id=area_id,
            purpose=purpose,
            detail={"about": about, "people": people[:50]},
        )
        return purpose


def search_people(*, viewer: Viewer, at: datetime, text: str, token: str | None = None, size: int = 20) -> FoundPage:
    """This function will find people by name, sound, number, telephone or home, and record the list that was shown.

    The audit entry holds the number of people and a digest of their ids, and never the text that was typed.
    """
    with acting_as(viewer=viewer, at=at):
        require(viewer=viewer, capability="registry.search")
        key = _key(token, text)
        hits, following, asked = find(viewer=viewer, text=text, key=key, size=size)
        people = listed(found={hit.person_id: hit.matched_by for hit in hits}, on=business_day(at))
        ids = [row.person_id for row in people]
        if not asked.empty:
            detail: dict[str, object] = {"people": len(ids), "digest": digest_of(ids)}
            detail["by"] = sorted({hit.matched_by for hit in hits})
            if len(ids) <= size:
                detail["ids"] = ids
            audit.record(
                actor=viewer,
                at=at,
                action="registry.people_listed",
                object_type="registry.list",
                object_id="search",
                area_id=viewer.grants[0].area_id if viewer.grants else None,
                detail=detail,
            )
        return FoundPage(
            tuple(people), _token(following, text), "、".join(sorted({h.matched_by for h in hits})), asked.hint
        )


def _token(key: Key | None, text: str) -> str | None:
    """Sort keys are names and homes, and addresses land in logs: so the mark of the next page is sealed."""
    if key is None:
        return None
    plain = json.dumps([key.branch, *key.values], ensure_ascii=False)
    sealed = seal_token(secret=settings.SECRET_KEY, bound_to=f"registry.search|{text.strip()}", text=plain)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _key(token: str | None, text: str) -> Key | None:
    if not token:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        plain = open_token(secret=settings.SECRET_KEY, bound_to=f"registry.search|{text.strip()}", token=sealed)
    except (UnableToOpenToken, ValueError):
        return None  # a mark of another text: begin with the first page
    branch, *values = json.loads(plain)
    return Key(int(branch), tuple(values))


def possible_duplicates(*, viewer: Viewer, at: datetime, typed: Typed) -> tuple[Duplicate, ...]:
    """This function will return who may be the person being typed; a hit outside the viewer's areas is audited."""
    with acting_as(viewer=viewer, at=at):
        require(viewer=viewer, capability="registry.edit")
        found = find_duplicates(viewer=viewer, typed=typed, on=business_day(at))
        if not found:
            return found
        hidden = any(d.person is None for d in found)
        ids = [d.person.person_id for d in found if d.person is not None]
        audit.record(
            actor=viewer,
            at=at,
            action="registry.hidden_duplicate_hit" if hidden else "registry.duplicates_listed",
            object_type="registry.list",
            object_id="duplicates",
            area_id=viewer.grants[0].area_id if viewer.grants else None,
            detail={"people": len(ids), "digest": digest_of(ids), "ids": ids},
        )
        return found


def reveal_number(*, actor: Viewer, at: datetime, person_id: int, which: str, reason: str) -> str:
    """This function will return the whole id number ("id_number") or telephone ("phone") and record who asked and why.

    The person's page must have been opened for a purpose today.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="registry.view_person")
        standing = standing_id(person_id=person_id)
        purpose = purpose_today(viewer=actor, subject=_subject_of(standing), at=at)
        if purpose is None:
            raise PurposeNeeded(person_id=standing)
        if which not in ("id_number", "phone"):
            raise UnableToReveal("只能显示证件号或电话。")
        if not reason.strip():
            raise UnableToReveal("请写明为什么要看完整号码。")
        seen = times_done(viewer=actor, actions=_REVEALS, since=at - timedelta(hours=1))
        if seen >= REVEALS_AN_HOUR:
            raise UnableToReveal(
                f"一小时内已经看过 {seen} 个完整号码，到了上限。请过一会儿再看；确需连续核对的，请用导出并写明用途。"
            )
        person = Person.objects.get(pk=standing)
        number = id_number_of(person) if which == "id_number" else phone_of(person)
        if number is None:
            raise UnableToReveal("没有登记这个号码。")
        audit.record(
            actor=actor,
            at=at,
            action=f"registry.{which}_revealed",
            object_type="registry.person",
            object_id=str(standing),
            area_id=person.area_id,
            purpose=purpose,
            detail={"reason": reason.strip()[:200]},
        )
        return number

"""The roster of the alliance of help (助联体): who may take a need of an area, and how they have answered so far."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import area_ids_above, areas_above, areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.models import AllianceMember, Referral
from minsheng.work.casework.queries.referrals import ReferralLine, referral_lines
from minsheng.work.casework.rules.partners import MEMBER_NATURES, PARTNERS


@dataclass(frozen=True)
class MemberRef:
    """A member whom a referral may be given to."""

    id: int
    partner: str
    name: str
    duty: str


@dataclass(frozen=True)
class MemberLine:
    """One member with what the viewer's areas gave it: still open, answered, and in how many days."""

    id: int
    name: str
    nature: str
    partner: str
    area: str
    duty: str
    valid_from: date
    valid_to: date | None
    ended_words: str
    serves: bool
    waiting: int
    late: int
    answered: int
    days: int | None
    longest: int | None


@dataclass(frozen=True)
class MemberFile:
    """One member with its referrals of the viewer's areas."""

    line: MemberLine
    referrals: tuple[ReferralLine, ...]


def serving_on(on: date) -> Q:
    """This function will choose the members whose time holds on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def members_for(*, area_id: int, on: date) -> list[MemberRef]:
    """This function will return the members that serve an area on a day: its own, its street's, the district's."""
    above = area_ids_above(area_id=area_id)
    rows = AllianceMember.objects.filter(serving_on(on), area_id__in=above).order_by("partner", "name")
    return [MemberRef(row.pk, row.partner, row.name, row.duty) for row in rows]


def roster(*, viewer: Viewer, at: datetime, partner: str = "", area_id: int | None = None) -> list[MemberLine]:
    """This function will list the members that serve the viewer's areas, those that left at the end.

    `area_id` keeps those who would be offered there.
    """
    require(viewer=viewer, capability="casework.view")
    inside = areas_inside(viewer=viewer)
    above = areas_above(area_ids=[area.id for area in inside if area.parent_id not in {a.id for a in inside}])
    seen = {area.id for area in inside} | {area.id for way in above.values() for area in way}
    if area_id is not None:
        seen &= set(area_ids_above(area_id=area_id))
    rows = AllianceMember.objects.filter(area_id__in=seen, **({"partner": partner} if partner else {}))
    return _lines(at, list(rows.order_by("partner", "name", "id")[:500]))


def member_file(*, viewer: Viewer, at: datetime, member_id: int) -> MemberFile | None:
    """This function will return one member with its referrals; None where it serves no area of the viewer's."""
    found = next((line for line in roster(viewer=viewer, at=at) if line.id == member_id), None)
    return MemberFile(found, tuple(referral_lines(at, Q(member_id=member_id)))) if found is not None else None


def _lines(at: datetime, rows: list[AllianceMember]) -> list[MemberLine]:
    today = at.astimezone(BUSINESS_ZONE).date()
    names = {way[-1].id: way[-1].name for way in areas_above(area_ids=[row.area_id for row in rows]).values()}
    waiting: dict[int, list[date | None]] = {}
    days: dict[int, list[int]] = {}
    given = Referral.objects.filter(member__in=rows).values_list("member_id", "referred_at", "answered_at", "due_date")
    for member, referred, answered, due in given:
        if answered is None:
            waiting.setdefault(member, []).append(due)
        else:
            gone = answered.astimezone(BUSINESS_ZONE).date() - referred.astimezone(BUSINESS_ZONE).date()
            days.setdefault(member, []).append(gone.days)
    lines = []
    for row in rows:
        mine, open_ones = sorted(days.get(row.pk, [])), waiting.get(row.pk, [])
        lines.append(
            MemberLine(
                id=row.pk,
                name=row.name,
                nature=MEMBER_NATURES.get(row.nature, row.nature),
                partner=PARTNERS.get(row.partner, row.partner),
                area=names.get(row.area_id, ""),
                duty=row.duty,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                ended_words=row.ended_words,
                serves=row.valid_from <= today and (row.valid_to is None or row.valid_to > today),
                waiting=len(open_ones),
                late=sum(due is not None and due < today for due in open_ones),
                answered=len(mine),
                days=mine[(len(mine) - 1) // 2] if mine else None,
                longest=mine[-1] if mine else None,
            )
        )
    return sorted(lines, key=lambda line: line.valid_to is not None and line.valid_to <= today)

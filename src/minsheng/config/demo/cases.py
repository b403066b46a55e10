"""A few dozen applications in every state that a case can be in, each led there by its own operations and people.

The stories (`case_stories`) are told in working days before today, in four streets with staff of their own. Nothing is
written past an operation: what the law does not let happen yet does not happen, and the case waits where it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

from django.db import transaction

from minsheng.config.demo.accounts import OFFICERS, STAFF, STREET, employ, officer, system_viewer
from minsheng.config.demo.case_stories import POVERTY, STORIES, Of, Story
from minsheng.config.demo.district import read_facts
from minsheng.config.demo.families import Families
from minsheng.config.demo.plan import Facts, Plan, Remembered, Report
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside, get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, is_working_day
from minsheng.foundation.calendars.types import WorkCalendar
from minsheng.records.places.queries import area_ids_by_code
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries import household_facts
from minsheng.records.registry.types import SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework.checking.simulated import SimulatedSources
from minsheng.work.casework.models import Case, Check
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.rules.applicants import applicant_of
from minsheng.work.casework.types import CheckState, Origin, Status
from minsheng.work.eligibility.models import Finding
from minsheng.work.eligibility.operations import evaluate_households
from minsheng.work.eligibility.types import FindingKind

MOST_STREETS = 4
FEWEST_STORIES, PEOPLE_OF_A_STORY = 20, 100
MOST_TRIES = 3  # households that a story is told of until it can be told as it is meant
SAVINGS_SPENT = {"financial_assets": 1_200_000, "vehicles": 0}
# What is done in a street besides the demo's own, by whom: role -> the name before （演示）.
TEAM: Mapping[str, tuple[str, ...]] = {
    "community_worker": ("社工", "何一诺", "邵雨", "田禾"),
    "street_intake": ("经办", "施晴", "楼宁", "葛远"),
    "street_review": ("审核", "陆平", "裘安", "沈宜"),
    "street_confirm": ("确认", "汪正", "孔嘉", "戚明"),
}


class _Otherwise(Exception):
    """What was tried on a household came out otherwise; it is undone."""


@dataclass(frozen=True)
class Place:
    """A street with its staff, and the households there that a story may be told of."""

    area_id: int
    staff: Mapping[str, str]


@dataclass(frozen=True)
class Subject:
    """Whom a case is about, and the finding that it comes from."""

    household_id: int
    person_id: int | None
    finding_id: int | None


@dataclass
class File:
    """One case in the hands of its street, with a clock that only goes on."""

    office: "Office"
    story: Story
    place: Place
    back: int
    now: datetime
    case_id: int = 0
    person_id: int | None = None
    members: tuple[Mapping[str, Any], ...] = ()

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def people(self) -> list[int]:
        """This property will be the ids of the household's people."""
        return [int(str(member["person_id"])) for member in self.members]

    def wait(self, days: int) -> None:
        """This method will let working days pass, at most until today."""
        self.back = max(self.back - days, 0)
        self.now = max(self.office.morning(self.back), self.now)

    def who(self, role: str) -> Viewer:
        """This method will return who has a role for this case."""
        return self.office.viewer(self.place.staff.get(role) or STAFF[role][0])

    def do(self, act: Any, role: str, **given: Any) -> Any:
        """This method will let somebody do one act, a few minutes after the one before."""
        self.now = min(self.now + timedelta(minutes=7), self.office.plan.at)
        return act(actor=self.who(role), at=self.now, case_id=self.case_id, **given)

    @property
    def head(self) -> str:
        """This property will be the applicant's name."""
        with acting_as(viewer=self.office.system, at=self.office.plan.at):
            return str(Case.objects.values_list("subject_name", flat=True).get(pk=self.case_id))

    def check_of(self, source: str) -> int:
        """This method will return the last question that was put to a source."""
        with acting_as(viewer=self.office.system, at=self.now):
            rows = Check.objects.filter(case_id=self.case_id, source=source).order_by("-id")
            return int(rows.values_list("id", flat=True)[0])

    def answers(self) -> None:
        """This method will let the sources answer, asking those once more that are late."""
        system, waiting = self.office.system, [CheckState.LATE.value, CheckState.ASKED.value]
        for _ in range(2):
            sources = SimulatedSources(viewer=system)
            casework.collect_answers(actor=system, at=self.now, case_id=self.case_id, source=sources)
            with acting_as(viewer=system, at=self.now):
                left = Check.objects.filter(case_id=self.case_id, state__in=waiting)
                if not left.exists():
                    return
                left.update(state=CheckState.LATE.value)  # five working days later nobody waits for the first answer
            self.do(casework.request_check, "street_intake")


class Office:
    """The district's people at a time, and the households that stories are told of."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.system = system_viewer(at=plan.at)
        known = Remembered.open(home=plan.home, people=plan.people).done.get("load", {}).get("known_since")
        # An older demo learned of its people only when it was built: there all of it happens today.
        self.begins = datetime.fromisoformat(str(known)) + timedelta(hours=1) if known else plan.at
        self._viewers: dict[str, Viewer] = {}
        self._taken: set[int] = set()

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return work_calendar()

    def _works(self, day: date) -> bool:
        try:
            return is_working_day(self._calendar, day)
        except UnableToCountWorkingDays:
            return day.weekday() < 5

    @cached_property
    def days(self) -> list[date]:
        """This property will be the working days up to today, the last one first."""
        first, day, found = self.begins.date(), self.plan.at.date(), []
        while day >= first:
            found += [day] if self._works(day) else []
            day -= timedelta(days=1)
        return found or [self.plan.at.date()]

    def morning(self, back: int) -> datetime:
        """This method will return nine o'clock of a working day, never after the demo's own instant."""
        day = self.days[min(back, len(self.days) - 1)]
        opened = datetime.combine(day, self.plan.at.timetz().replace(hour=9, minute=0, second=0, microsecond=0))
        return min(max(opened, self.begins), self.plan.at)

    def viewer(self, username: str) -> Viewer:
        """This method will return somebody of the staff with the roles of today."""
        if username not in self._viewers:
            number = accounts.account_id(username=username)
            assert number is not None, f"{username} was employed"
            name = accounts.display_names(account_ids={number})[number]
            self._viewers[username] = get_viewer(account_id=number, name=name, username=username, at=self.plan.at)
        return self._viewers[username]

    @cached_property
    def places(self) -> list[Place]:
        """This property will be the demo's street and the three others with most to do, each with its staff."""
        with acting_as(viewer=self.system, at=self.plan.at):
            areas = {area.id: area for area in areas_inside(viewer=self.system)}
            streets: dict[int, int] = {}
            for _, area, _ in self._families.missed:
                street = areas[area].parent_id if areas[area].depth > 1 else area
                if street is not None:
                    streets[street] = streets.get(street, 0) + 1
        own = next(area.id for area in areas.values() if area.code == STREET)
        others = sorted((s for s in streets if s != own), key=lambda s: (-streets[s], s))[: MOST_STREETS - 1]
        # The demo's community worker knows one community only; there the street's own goes about.
        made = [Place(own, {"community_worker": self._employ("community_worker", 0, STREET)})]
        for number, street in enumerate(others, start=1):
            made.append(Place(street, {role: self._employ(role, number, areas[street].code) for role in TEAM}))
        return made

    def _employ(self, role: str, number: int, area_code: str) -> str:
        label, *names = TEAM[role]
        username = f"{'-'.join(role.split('_'))}-{area_code[6:9]}"
        name = f"{names[number - 1]}（演示）" if number else f"童安（演示{label}）"
        employ(username, name, role, area_code, self.plan.at, [officer(one, self.plan.at) for one in OFFICERS])
        return username

    def subjects(self, story: Story, place: Place) -> Iterator[tuple[Place, Subject]]:
        """This method will find households for a story, its own street first, each of them once in the whole demo."""
        streets = [place, *(other for other in self.places if other is not place)]
        if story.of is Of.FINDING:
            for street in streets:
                yield from ((street, one) for one in self._found(story, street))
        if story.of is Of.NEIGHBOUR or story.scheme == POVERTY:
            for street in streets:
                for household in self._neighbours(street, plain=story.of is not Of.NEIGHBOUR):
                    if story.of is Of.NEIGHBOUR:
                        yield street, Subject(household, None, None)
                    elif (found := self._fell_on_hard_times(story, street, household)) is not None:
                        yield street, found

    def _found(self, story: Story, place: Place) -> Iterator[Subject]:
        """Whom the rules find entitled and not receiving; the district's tables know where that is so."""
        inside = self._inside(place)
        for number, area, scheme in self._families.missed:
            if scheme == story.scheme and area in inside and self._take(number):
                found = self._finding(story, number)
                if found is not None:
                    yield found

    def _finding(self, story: Story, household_id: int) -> Subject | None:
        """Evaluates a household, as the worker does when news of it come, and returns what was found."""
        now = self.morning(story.back)
        evaluate_households(actor=self.system, at=now, as_of=now.date().replace(day=1), household_ids={household_id})
        with acting_as(viewer=self.system, at=now):
            kind = FindingKind.ENTITLED_NOT_RECEIVING.value
            rows = Finding.objects.filter(kind=kind, scheme=story.scheme, household_id=household_id)
            found = rows.filter(closed_at__isnull=True).order_by("id").first()
        return Subject(household_id, found.person_id, found.pk) if found is not None else None

    def _neighbours(self, place: Place, *, plain: bool) -> Iterator[int]:
        """Families that nobody pays and nobody misses; `plain` are those that a misfortune makes poor."""
        inside = self._inside(place)
        rows = self._families.plain if plain else self._families.others
        yield from (number for number, area in rows if area in inside and self._take(number))

    @cached_property
    def _families(self) -> Families:
        return Families(folder=self.plan.home / "twin", areas=area_ids_by_code())

    def _fell_on_hard_times(self, story: Story, place: Place, household_id: int) -> Subject | None:
        """Lets a local family lose work and savings a month before, where the rules then find it poor; else nothing.

        A small demo has too few poor families. What befell this one is stated by the sources that would know.
        """
        now = self.morning(story.back)
        month = now.date().replace(day=1)
        told: list[tuple[SubjectKind, int, str, dict[str, object]]] = [
            (SubjectKind.HOUSEHOLD, household_id, "economic_check", dict(SAVINGS_SPENT))
        ]
        for one in self._members(household_id, now):
            if one.get("wage_income"):
                lost: dict[str, object] = {"employment_status": "unemployed", "wage_income": 0}
                told.append((SubjectKind.PERSON, int(str(one["person_id"])), "hrss", lost))
        clerk = self.viewer(place.staff.get("street_intake") or STAFF["street_intake"][0])
        with suppress(_Otherwise, registry.UnableToRecordStatement, registry.UnableToFind), transaction.atomic():
            for kind, number, source, values in told:
                registry.record_statement(
                    actor=clerk,
                    at=now,
                    subject_kind=kind,
                    subject_id=number,
                    source=source,
                    values=values,
                    valid_from=(month - timedelta(days=1)).replace(day=1),
                )
            found = self._finding(story, household_id)
            if found is None:
                raise _Otherwise
            return found
        return None

    def _members(self, household_id: int, at: datetime) -> tuple[Mapping[str, Any], ...]:
        with acting_as(viewer=self.system, at=at):
            found = household_facts(viewer=self.system, household_id=household_id, as_of=at.date(), known_at=at)
        return found.members if found is not None else ()

    def _inside(self, place: Place) -> frozenset[int]:
        with acting_as(viewer=self.system, at=self.plan.at):
            areas = areas_inside(viewer=self.system)
        return frozenset(a.id for a in areas if place.area_id in (a.id, a.parent_id))

    def _take(self, household_id: int) -> bool:
        if household_id in self._taken or household_id in self._told:
            return False
        self._taken.add(household_id)
        return True

    @cached_property
    def _told(self) -> frozenset[int]:
        """The families of 青云里 are told by hand elsewhere."""
        return frozenset(read_facts(folder=self.plan.home / "twin")["story_ids"].values())

    def opened(self, story: Story, place: Place, subject: Subject) -> File | None:
        """This method will open a case as a community worker does who has looked at the household."""
        now = self.morning(story.back)
        file = File(self, story, place, story.back, now, members=self._members(subject.household_id, now))
        worker = file.who("community_worker")
        for person in file.people:
            access.state_purpose(actor=worker, at=now, subject=f"registry.person:{person}", code="case")
        file.person_id = (subject.person_id or applicant_of(file.members, on=now.date())) if story.of_person else None
        try:
            file.case_id = casework.open_case(
                actor=worker,
                at=now,
                procedure=story.procedure,
                scheme=story.scheme,
                household_id=subject.household_id,
                person_id=file.person_id,
                origin=Origin.FINDING if subject.finding_id else Origin.APPLICATION,
                finding_id=subject.finding_id,
            )
        except (UnableToProceed, registry.UnableToFind):
            return None
        return file


def handle_cases(*, plan: Plan, report: Report) -> Facts:
    """This function will tell every story in one transaction; an interrupted start leaves nothing of it."""
    with transaction.atomic():
        office = Office(plan)
        stories = STORIES[: max(FEWEST_STORIES, plan.people // PEOPLE_OF_A_STORY)]
        for number, story in enumerate(stories):
            place = office.places[number % len(office.places)]
            _tell(office, story, place)
            report(number + 1, len(stories))
        # What the hourly job would find: whoever let a day pass without naming why.
        casework.raise_overdue(actor=office.system, at=plan.at)
        with acting_as(viewer=office.system, at=plan.at):
            told = Case.objects.count()
    return {"cases": told}


def _tell(office: Office, story: Story, place: Place) -> None:
    for street, subject in islice(office.subjects(story, place), MOST_TRIES):
        file = office.opened(story, street, subject)
        if file is None:
            continue
        try:
            story.tell(file)
        except UnableToProceed as refusal:
            _let_go(file, str(refusal))
            continue
        return


def _let_go(file: File, why: str) -> None:
    """A case that came out otherwise than told is not left lying: it is refused where it stands, or withdrawn."""
    with acting_as(viewer=file.office.system, at=file.office.plan.at):
        status = Status(Case.objects.values_list("status", flat=True).get(pk=file.case_id))
    if status in (Status.DRAFT, Status.SUBMITTED, Status.ACCEPTED, Status.INVESTIGATING, Status.OPINED):
        file.do(casework.withdraw, "community_worker", reason=f"和本人说清楚以后不申请了：{why}"[:200])

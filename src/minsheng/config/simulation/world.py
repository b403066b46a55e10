"""Where the simulated year stands: the day, the dice, who works where, and what happened so far."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import connection

from minsheng.config.demo.accounts import OFFICERS, STAFF, employ, officer, system_viewer
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.queries import areas_inside, get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, is_working_day
from minsheng.foundation.jobs.types import Turn

STREET_ROLES = {
    "street_intake": "经办（演示）",
    "street_review": "审核（演示）",
    "street_confirm": "确认（演示）",
    "community_worker": "社工（演示）",
}
OPENS_AT = 9


@dataclass
class World:
    """One simulated district; `at` only moves forward."""

    at: datetime
    dice: random.Random
    bank_folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    _viewers: dict[tuple[str, int], Viewer] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.at.astimezone(BUSINESS_ZONE).date()

    def tick(self) -> datetime:
        """This method will let a minute pass, so that no two acts have one instant."""
        self.at += timedelta(seconds=1)
        return self.at

    def next_day(self) -> None:
        """This method will go to ten past midnight of the next day, when jobs run."""
        following = self.at.astimezone(BUSINESS_ZONE) + timedelta(days=1)
        self.at = following.replace(hour=0, minute=10, second=0, microsecond=0)

    def open_offices(self) -> None:
        """This method will go to the hour at which offices open."""
        self.at = self.at.astimezone(BUSINESS_ZONE).replace(hour=OPENS_AT, minute=0, second=0, microsecond=0)

    @property
    def working(self) -> bool:
        """This property will say whether offices are open today; of a year without a calendar, Monday to Friday."""
        try:
            return is_working_day(self._calendar, self.today)
        except UnableToCountWorkingDays:
            return self.today.weekday() < 5

    @cached_property
    def _calendar(self) -> Any:
        return work_calendar()

    def chance(self, share: float) -> bool:
        """This method will throw the dice: true in so many of 1."""
        return self.dice.random() < share

    @cached_property
    def system(self) -> Viewer:
        """This property will be the account that jobs act as."""
        return system_viewer(at=self.at)

    @cached_property
    def _street_of(self) -> dict[int, int]:
        with acting_as(viewer=self.system, at=self.at):
            areas = {area.id: area for area in areas_inside(viewer=self.system)}
        found = {}
        for number in areas:
            above = areas[number]
            while above.parent_id in areas and areas[above.parent_id].parent_id in areas:
                above = areas[above.parent_id]
            found[number] = above.id
        return found

    @cached_property
    def district_id(self) -> int:
        """This property will be the area of the whole district."""
        return self.system.grants[0].area_id

    @cached_property
    def _codes(self) -> dict[int, str]:
        with acting_as(viewer=self.system, at=self.at):
            return {area.id: area.code for area in areas_inside(viewer=self.system)}

    def staff(self, role: str, area_id: int) -> Viewer:
        """This method will return who has a role at the street of an area; employed when first needed."""
        street = self._street_of[area_id]
        if (role, street) not in self._viewers:
            name = f"sim-{role.replace('_', '-')}-{self._codes[street]}"
            officers = [officer(username, self.at) for username in OFFICERS]
            employ(name, STREET_ROLES[role], role, self._codes[street], self.at, officers)
            self._viewers[role, street] = self._viewer(name)
        return self._viewers[role, street]

    def bureau(self, role: str) -> Viewer:
        """This method will return the demo's holder of a role over the whole district."""
        if (role, 0) not in self._viewers:
            self._viewers[role, 0] = self._viewer(STAFF[role][0])
        return self._viewers[role, 0]

    def _viewer(self, username: str) -> Viewer:
        number = accounts.account_id(username=username)
        assert number is not None, f"{username} was employed"
        name = accounts.display_names(account_ids={number})[number]
        return get_viewer(account_id=number, name=name, username=username, at=self.at)

    def state_purpose(self, actor: Viewer, person_id: int) -> None:
        """This method will state why somebody opens a person's papers today."""
        access.state_purpose(
            actor=actor, at=self.at, subject=f"registry.person:{person_id}", code="case", note="模拟的一年"
        )

    @contextmanager
    def step(self) -> Iterator[Turn]:
        """This method will open one transaction as the system account, as a job's step does."""
        at = self.tick()
        with acting_as(viewer=self.system, at=at):
            yield Turn(self.system, at)

    def rows(self, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """This method will ask the database, as the system account sees it."""
        with acting_as(viewer=self.system, at=self.at), connection.cursor() as cursor:
            cursor.execute(query, values or [])
            return list(cursor.fetchall())

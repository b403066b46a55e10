"""`minsheng simulate`: a district as the demo builds it, then month by month and day by day, then the figures."""

import heapq
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

BEGINS = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A year whose calendar is known, in the middle of which the law changes."""

CASES_PER_PERSON = 2_000 / 66_000
PAY_DAY, RELIEF_DAY = 10, 20
DELEGATED_AFTER_DAYS = 60


def simulate(*, people: int, months: int, seed: int) -> int:
    """This function will build the district, live through the months, and print one JSON line last."""
    started = time.perf_counter()
    home = Path(os.environ["MINSHENG_HOME"])
    shown = Console(file=sys.stderr, highlight=False)
    from minsheng.config.database import EMBEDDED_DATABASE, provision, start_embedded
    from minsheng.config.demo.plan import Plan
    from minsheng.config.demo.progress import Stopwatch
    from minsheng.config.demo.stages import build, prepare_home

    prepare_home(home=home)
    if not os.environ.get("DATABASE_URL"):
        provision(admin=start_embedded(home=home), database=EMBEDDED_DATABASE)
    import django

    django.setup()
    shown.print(f"模拟 {people:,} 人的区，从 {BEGINS:%Y年%-m月} 起 {months} 个月（示例数据，不是真人）")
    build(plan=Plan(home=home, people=people, at=BEGINS, stories=False), watch=Stopwatch(), memory={})
    year = Year.begin(
        at=BEGINS, seed=seed, months=months, cases=round(people * CASES_PER_PERSON * months / 12), home=home
    )
    for said in year.live():
        shown.print(said)
    line = year.summary() | {"seconds": round(time.perf_counter() - started, 1)}
    print(json.dumps(line, ensure_ascii=False))
    return 0


@dataclass(order=True)
class _Due:
    """Something that goes on when so many working days have passed; `place` keeps the order of coming."""

    working_day: int
    place: int
    story: Iterator[int] = field(compare=False)


class Year:
    """The run of a simulation: the days, and every story that goes on in them."""

    def __init__(self, *, at: datetime, seed: int, months: int, cases: int, home: Path) -> None:
        from minsheng.config.simulation.handling import File
        from minsheng.config.simulation.matters import Matters
        from minsheng.config.simulation.world import World

        self.world = World(at=at, dice=random.Random(seed), bank_folder=home / "bank")
        self.matters = Matters(self.world)
        self.granted: list[File] = []
        self.seed, self.months, self.cases = seed, months, cases
        self.first_case = int(self.world.rows("SELECT coalesce(max(id), 0) FROM casework_case")[0][0])
        self.unbalanced_nights = 0
        self.parked = 0
        self._due: list[_Due] = []
        self._working_days = self._places = 0

    @classmethod
    def begin(cls, *, at: datetime, seed: int, months: int, cases: int, home: Path) -> "Year":
        """This function will open the year: from the third month on, streets confirm what may be delegated."""
        from minsheng.work.casework import operations as casework

        year = cls(at=at, seed=seed, months=months, cases=cases, home=home)
        for procedure in ("minimum_living_allowance", "disability_subsidies"):
            casework.set_delegation(
                actor=year.world.bureau("district_business"),
                at=year.world.tick(),
                procedure=procedure,
                valid_from=year.world.today + timedelta(days=DELEGATED_AFTER_DAYS),
                to_street=True,
                basis="区政府文件（模拟）",
            )
        return year

    def live(self) -> Iterator[str]:
        """This generator will live through the months and say after each what has happened so far."""
        for number, last in enumerate(_month_ends(self.world.today, self.months)):
            if number:
                self._turn_month()
            self._begin_month(number)
            paid = relieved = False
            while self.world.today <= last:
                self.world.open_offices()
                if self.world.working:
                    self._working_days += 1
                    self._explain_delays()
                    if not paid and self.world.today.day >= PAY_DAY:
                        from minsheng.config.simulation.paying import pay_month

                        paid = True
                        self._start(pay_month(self.world, self.world.today.replace(day=1)))
                    if not relieved and self.world.today.day >= RELIEF_DAY:
                        from minsheng.config.simulation.paying import pay_relief

                        relieved = True
                        self._start(pay_relief(self.world, self.world.today.replace(day=1)))
                    self._go_on()
                self._night()
            counts = self.world.counts
            yield (
                f"  {last:%Y年%-m月}　立案 {counts['open_case']}　批准 {counts['approve']}　不批准 {counts['reject']}"
                f"　在保 {len(self.granted)}　发放批次 {counts['runs']}　账不平的夜晚 {self.unbalanced_nights}"
            )

    def summary(self) -> dict[str, int | str]:
        """This function will ask the rows for the figures, and add what the run was."""
        from minsheng.config.simulation.figures import figures

        with self.world.step() as turn:
            found = asdict(figures(viewer=turn.actor, at=turn.at, after_case=self.first_case))
        found["ledger_unbalanced"] += self.unbalanced_nights
        return found | {"months": self.months, "seed": self.seed, "events_parked": self.parked}

    def _begin_month(self, number: int) -> None:
        from minsheng.config.simulation.handling import handle
        from minsheng.config.simulation.life import month_of_life
        from minsheng.config.simulation.running import month_of

        self.world.open_offices()
        for file in list(self.granted):
            self._start(month_of(file), after=self.world.dice.randint(3, 14))
        share = self.cases * (number + 1) // self.months - self.cases * number // self.months
        for matter in self.matters.of_the_month(share):
            self._start(handle(self.world, matter, self.granted), after=self.world.dice.randint(0, 17))
        self._start(month_of_life(self.world, number, self.granted), after=1)

    def _turn_month(self) -> None:
        """The job of the month's first night: whom a birthday or a new figure concerns is evaluated anew."""
        from minsheng.work.eligibility.jobs import evaluate_what_changes_today

        with self.world.step() as turn:
            evaluate_what_changes_today.function(actor=turn.actor, at=turn.at)

    def _start(self, story: Iterator[int], *, after: int = 0) -> None:
        self._places += 1
        heapq.heappush(self._due, _Due(self._working_days + after, self._places, story))

    def _go_on(self) -> None:
        """Every story that is due today goes on until it waits again; one that waits 0 days goes on at once."""
        while self._due and self._due[0].working_day <= self._working_days:
            story = heapq.heappop(self._due).story
            wait = next(story, None)
            while wait == 0:
                wait = next(story, None)
            if wait is not None:
                self._start(story, after=wait)

    def _explain_delays(self) -> None:
        """What the job raised in the night is explained in the morning, by whoever has the case."""
        from minsheng.work.casework import operations as casework

        rows = self.world.rows(
            "SELECT d.case_id, c.area_id FROM casework_delay d JOIN casework_case c ON c.id = d.case_id"
            " WHERE d.reason = '' AND c.status NOT IN ('terminated', 'withdrawn', 'closed') ORDER BY d.id"
        )
        for case_id, area in rows:
            casework.explain_delay(
                actor=self.world.staff("street_intake", area),
                at=self.world.tick(),
                case_id=case_id,
                reason="核对单位还没有答复，已催办，三个工作日内办完",
            )

    def _night(self) -> None:
        """Jobs of the night: news is delivered, sources are asked again, overdue is raised, the ledger is checked."""
        from minsheng.config.simulation.figures import unbalanced
        from minsheng.foundation.access.context import acting_as
        from minsheng.foundation.events.operations import deliver_pending
        from minsheng.work.casework.jobs import collect_waiting, raise_overdue

        world = self.world
        world.next_day()
        while True:
            at = world.tick()
            report = deliver_pending(
                actor=world.system, at=at, limit=500, scope=lambda: acting_as(viewer=world.system, at=world.at)
            )
            self.parked += report.parked
            if not report.delivered:
                break
        collect_waiting.function(step=world.step)
        with world.step() as turn:
            raise_overdue.function(actor=turn.actor, at=turn.at)
        with world.step():
            self.unbalanced_nights += bool(unbalanced())


def _month_ends(first: date, months: int) -> Iterator[date]:
    """The last day of each month, the first month being the one that `first` lies in."""
    for step in range(1, months + 1):
        number = first.year * 12 + first.month - 1 + step
        yield date(number // 12, number % 12 + 1, 1) - timedelta(days=1)

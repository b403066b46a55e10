"""Experiment E8: the application's clock steps an hour forward and back, stands minutes off the database's, meets the
29th of February and the end of a year.

Time is an argument nearly everywhere; read it is at a few edges (tools/house_rules.py), and it is that clock that
steps here. Pass: nothing that cannot be taken back runs out early or twice; a code of the second factor is good once;
days are those of the office. Controls: the clock as it should be, and the same day by UTC. The
trail: `test_sealing.py`.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.periodic import PeriodicDeferrer

import builders
from foundation.entrance.conftest import Clock, clerk, clock, code_now, enrolled, give_password, sign_in, strict
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.entrance.rules import ABSOLUTE_SECONDS, IDLE_SECONDS
from minsheng.foundation.exports.jobs import clear
from minsheng.foundation.jobs import operations as jobs
from minsheng.foundation.jobs.declaring import UnableToTrustClock, _run, turn_of
from minsheng.foundation.jobs.rules import MOST_APART
from minsheng.foundation.once import operations as once
from minsheng.foundation.once.jobs import forget
from minsheng.foundation.once.models import Act
from minsheng.foundation.once.rules import KEPT, Asked, Verdict
from minsheng.foundation.running.queries import fitness
from rulebook.facts import full_years

__all__ = ["clerk", "clock", "enrolled", "strict"]  # fixtures of the entrance
pytestmark = [pytest.mark.experiment, pytest.mark.django_db(transaction=True)]
HOUR = 3600.0


class Steps(Clock):
    """The clock of the application, in all the ways in which it is read; the database keeps its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        read: Callable[[], float] = time.time
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(read(), tz=UTC))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """This fixture will let the clock be set."""
    yield Steps(monkeypatch)


@pytest.fixture
def system() -> None:
    """This fixture will give the machine its account, with its duty since long ago."""
    builders.plant_small_tree()
    at = timezone.localtime() - timedelta(days=400)
    builders.staff(at=at, role="system", area_id=builders.DISTRICT, username="system")


# ---- what signs in ---------------------------------------------------------------------------------------------------
def signed_in(client: Client) -> bool:
    return client.get("/account/sessions/").status_code == 200


def test_a_code_is_good_once_whatever_the_clock_says(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    account, secret, _ = enrolled
    clock.forward(61)
    used = code_now(secret)

    def opens(code: str) -> bool:
        client = Client()
        give_password(client, account)
        return "/sign-in/second/" not in (client.post("/sign-in/second/", {"code": code}).headers.get("Location") or
                                          "/sign-in/second/")  # fmt: skip

    assert opens(used)
    for passed in (0, 31, 20):  # allauth alone remembers it for 30 s and takes it for up to 90
        clock.forward(passed)
        assert not opens(used), f"seen over a shoulder, it opens {passed} s later"
    clock.forward(HOUR)
    assert opens(code_now(secret)), "the control: a fresh one opens"
    clock.forward(-HOUR)
    assert not opens(used)
    assert not opens(code_now(secret)), "set back, every code of the hour is an old one"
    clock.forward(-300)
    assert not opens(code_now(secret))


@pytest.mark.parametrize("minutes", [5, -5])
def test_a_telephone_minutes_off_is_not_believed(
    enrolled: tuple[Account, str, list[str]], clock: Clock, minutes: int
) -> None:
    account, secret, _ = enrolled
    clock.forward(60 * minutes)
    code = code_now(secret)
    clock.forward(-60 * minutes)
    client = Client()
    give_password(client, account)
    assert client.post("/sign-in/second/", {"code": code}).status_code == 200
    assert sign_in(client, account, secret, clock).status_code == 302, "the control"


def test_a_sign_in_is_not_lengthened_by_a_clock_that_is_set_back(
    enrolled: tuple[Account, str, list[str]], clock: Clock
) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    assert signed_in(client)
    clock.forward(-HOUR)
    assert signed_in(client), "nobody is thrown out"
    clock.forward(IDLE_SECONDS - 5)
    assert signed_in(client)
    clock.forward(IDLE_SECONDS + 1)
    assert not signed_in(client), "a quarter of an hour without a click ends it, not an hour and a quarter"


def test_the_ten_hours_do_not_become_eleven(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    account, secret, _ = enrolled
    client = Client()
    sign_in(client, account, secret, clock)
    clock.forward(-HOUR)
    step, spent = IDLE_SECONDS - 60, 0.0
    while signed_in(client) and spent < 2 * ABSOLUTE_SECONDS:
        clock.forward(step)
        spent += step
    assert ABSOLUTE_SECONDS - step <= spent <= ABSOLUTE_SECONDS + step


def test_a_proof_from_the_future_is_no_proof(enrolled: tuple[Account, str, list[str]], clock: Clock) -> None:
    from minsheng.foundation.entrance.rules import STEP_UP_SECONDS, is_fresh

    assert is_fresh(1000.0, now=1000.0 + STEP_UP_SECONDS - 1)
    assert not is_fresh(1000.0, now=1000.0 + STEP_UP_SECONDS)
    assert not is_fresh(1000.0, now=1000.0 - HOUR)


# ---- what runs out ---------------------------------------------------------------------------------------------------
def test_a_worker_whose_clock_is_off_lets_nothing_run_out(steps: Steps, system: None, at: datetime) -> None:
    """The key of an act is kept for seven days; by a clock that is eight days ahead it would be gone."""
    now = timezone.now()
    asked = Asked("k" * 32, "account:1", "POST /till/", b"digest")
    from django.db import transaction

    with transaction.atomic():
        assert once.claim(asked=asked, at=now)[0] is Verdict.FIRST
    for apart in (KEPT + timedelta(days=1), timedelta(hours=1), timedelta(hours=-1), -timedelta(days=365)):
        steps.shift = apart.total_seconds()
        with pytest.raises(UnableToTrustClock, match="时钟相差"):
            run(forget)
        assert Act.objects.count() == 1, apart
        assert "the database" in fitness()["clock"]
    steps.shift = 0.0
    run(forget)
    assert Act.objects.count() == 1
    assert fitness()["clock"] == "ok"
    once.forget(before=timezone.now() + timedelta(days=1))
    assert Act.objects.count() == 0, "the control: with such a clock believed, it goes"


@pytest.mark.parametrize("minutes", [5, -5])
def test_five_minutes_apart_work_goes_on_and_the_probe_says_so(steps: Steps, system: None, minutes: int) -> None:
    steps.shift = minutes * 60.0
    assert timedelta(minutes=abs(minutes)) < MOST_APART
    run(clear)
    run(forget)
    words = fitness()["clock"]
    assert ("ahead of" if minutes > 0 else "behind") in words
    assert Client().get("/readyz").status_code == 503


def run(job: Any) -> None:
    """As the worker runs it."""

    class Queued:
        class job:
            id = None

    _run(job, Queued)  # type: ignore[arg-type]


def test_duty_and_glass_end_once_and_are_not_opened_again_by_the_clock(at: datetime) -> None:
    builders.plant_small_tree()
    worker = builders.staff(at=at, role="community_worker", area_id=builders.COMMUNITY_QINGHE)
    officer = builders.security_officer(at=at, username="officer")
    opened = access.break_glass(
        actor=worker, at=at, area_id=builders.COMMUNITY_FURONG, reason="走失老人，要找他家里人的电话"
    )

    def reaches(when: datetime) -> bool:
        from minsheng.foundation.access.context import acting_as

        with acting_as(viewer=worker, at=when), connection.cursor() as cursor:
            cursor.execute("SELECT %s = ANY (access_my_areas())", [builders.COMMUNITY_FURONG])
            return bool(cursor.fetchone()[0])

    assert reaches(at)
    assert not reaches(at - timedelta(hours=1)), "a clock before the opening opens nothing"
    assert not reaches(at + timedelta(hours=5))
    late = at + timedelta(hours=25)
    assert access.alarm_unreviewed(actor=officer, at=late) == [opened]
    for step in (timedelta(), timedelta(hours=-1), timedelta(hours=1), timedelta(days=1)):
        assert access.alarm_unreviewed(actor=officer, at=late + step) == [], "one alarm, however the clock steps"
    access.close_glass(actor=worker, at=at + timedelta(hours=1), glass_id=opened)
    assert not reaches(at + timedelta(minutes=1)), "closed is closed, also before the hour at which it was closed"


def test_a_job_s_lease_is_the_database_s_business(steps: Steps, system: None) -> None:
    """A worker that beats is alive by the database's clock; ours may say what it likes."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) VALUES"
            " ('default', 'once.forget', 'doing', %s) RETURNING id", [worker],
        )  # fmt: skip
        job = cursor.fetchone()[0]
    for shift in (HOUR, -HOUR, 366 * 24 * HOUR):
        steps.shift = shift
        assert jobs.reap_stalled(at=timezone.now()).retried == ()
    with connection.cursor() as cursor:  # the control: no sign of life for a minute
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    assert jobs.reap_stalled(at=timezone.now()).retried == (job,)


def test_work_by_the_clock_is_queued_once_for_each_minute(steps: Steps) -> None:
    """Set back, the hour comes twice, and its work only once: it waits until the clock has caught up."""
    now = 1_796_000_000.0
    with app.replace_connector(DjangoConnector(alias="default").get_worker_connector()) as working:
        running = PeriodicDeferrer(registry=working.periodic_registry)

        async def lived() -> list[int]:
            found = []
            async with working.open_async():
                for deferrer, at in (
                    (running, now),
                    (running, now + 60),
                    (running, now + 60 - HOUR),  # set back while it runs
                    (PeriodicDeferrer(registry=working.periodic_registry), now + 60),  # and started again
                    (running, now + 120),
                ):
                    await deferrer.defer_jobs(deferrer.get_previous_tasks(at=at))
                    gone = "DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING id"
                    found.append(len(await working.connector.execute_query_all_async(gone)))
            return found

        first, minute, back, again, caught_up = asyncio.run(lived())
    assert first > 0
    assert minute > 0
    assert (back, again) == (0, 0)
    assert caught_up > 0


# ---- which day it is -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 16, 30, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2028, 2, 28, 16, 5, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2028, 2, 29, 16, 5, tzinfo=UTC), date(2028, 3, 1)),
        (datetime(2027, 2, 28, 16, 5, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 1, 1, 15, 59, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_night_job_works_on_the_day_of_the_office(
    monkeypatch: pytest.MonkeyPatch, system: None, instant: datetime, day: date
) -> None:
    """Half past midnight in Hangzhou is the day before by UTC: a month's payment would be the last month's."""
    monkeypatch.setattr(timezone, "now", lambda: instant)
    with turn_of("system") as turn, connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('minsheng.day')")
        assert (turn.at, turn.at.date(), cursor.fetchone()[0]) == (instant, day, day.isoformat())
        assert turn.actor.grants, "and holds its duty on that day"
    assert turn.at.astimezone(BUSINESS_ZONE).date() == day
    if instant.hour >= 16:
        assert instant.date() != day, "the control: the same instant by UTC"


def test_ages_are_counted_by_the_day_of_the_office() -> None:
    """Whoever was born on the 29th of February is a year older when that day is over, in any year."""
    born = date(2008, 2, 29)
    assert full_years(born, date(2026, 2, 28)) == 17
    assert full_years(born, date(2026, 3, 1)) == 18
    assert full_years(born, date(2028, 2, 28)) == 19
    assert full_years(born, date(2028, 2, 29)) == 20
    assert full_years(date(2008, 12, 31), date(2026, 12, 30)) == 17
    assert full_years(date(2008, 12, 31), date(2026, 12, 31)) == 18

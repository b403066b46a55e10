"""The simulated year: staff and jobs act by operations, the figures come from the rows and notice what is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from minsheng.config.simulation.figures import Figures, figures, unbalanced
from minsheng.config.simulation.run import Year
from minsheng.foundation.access.context import acting_as

pytestmark = pytest.mark.xdist_group("district")


def lived(home: Path, at: datetime, *, months: int, cases: int) -> Year:
    """This function will live through some months in the district of 2,000 people."""
    year = Year.begin(at=at, seed=7, months=months, cases=cases, home=home)
    assert len(list(year.live())) == months
    return year


def found(year: Year) -> Figures:
    """This function will ask the rows for the figures, as the system account sees them."""
    with year.world.step() as turn:
        return figures(viewer=turn.actor, at=turn.at, after_case=year.first_case)


@contextmanager
def tampered(year: Year, table: str, *changes: str) -> Iterator[None]:
    """This function will put a changed copy before a table for a while: the table itself nobody here may change."""
    with transaction.atomic(), acting_as(viewer=year.world.system, at=year.world.at), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT * FROM public.{table}")
        for change in changes:
            cursor.execute(change)
            assert cursor.rowcount, f"the control changed nothing: {change}"
        yield
        cursor.execute(f"DROP TABLE pg_temp.{table}")


@pytest.mark.usefixtures("district")
def test_a_month_keeps_its_days_its_ledger_and_its_word_and_the_figures_notice_when_not(
    at: datetime, tmp_path: Path
) -> None:
    year = lived(tmp_path, at, months=1, cases=3)
    assert year.summary().keys() >= {"cases", "months", "seed", "overpaid_found", "overpaid_recovered_fen"}
    now = found(year)
    assert 1 <= now.cases <= 3, "whom a case of the demo concerns already, nobody opens another for"
    assert (now.overruns, now.ledger_unbalanced, now.replay_mismatches, now.paid_after_death) == (0, 0, 0, 0)
    assert now.decisions >= 1
    assert year.unbalanced_nights == year.parked == 0
    assert year.world.counts["life_death"] > 0
    # The controls: each figure notices a row that was changed behind the operations' back.
    entry = (
        "INSERT INTO payments_entry (id, posting_id, ledger, fund, scheme, area_id, subject, amount_fen)"
        " VALUES (-1, -1, 'paid', 'x', 'x', 1, '', 5)"
    )
    with tampered(year, "payments_entry", entry):
        assert unbalanced() == 2, "the posting, and the ledger as a whole"
    one_fen = "UPDATE casework_decision SET amount_fen = amount_fen + 1 WHERE id = (%s)"
    granted = "SELECT min(id) FROM casework_decision WHERE outcome = 'grant'"
    with tampered(year, "casework_decision", one_fen % granted):
        assert found(year).replay_mismatches == 1
    other_fact = """UPDATE casework_decision SET frozen = jsonb_set(frozen, '{facts,area_id}', '0') WHERE id = (%s)"""
    with tampered(year, "casework_decision", other_fact % granted):
        assert found(year).replay_mismatches == 1
    earlier = "UPDATE casework_act SET day_date = day_date - 200 WHERE act = 'accept'"
    with tampered(year, "casework_act", earlier):
        assert found(year).overruns > 0
    to_the_dead = """
        INSERT INTO payments_line (run_id, kind, state, person_id, household_id, month)
        SELECT -1, 'regular', 'paid', subject_id, 1, (("values" ->> 'death_date')::date + 40)
        FROM registry_statement WHERE "values" @> '{"dead": true}' AND retracted_at IS NULL LIMIT 1"""
    released = f"INSERT INTO payments_run (id, released_at) VALUES (-1, '{year.world.at.isoformat()}')"
    with tampered(year, "payments_line", to_the_dead), tampered(year, "payments_run", released):
        assert found(year).paid_after_death == 1


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize(
    ("months", "cases"),
    [
        pytest.param(2, 6, id="2", marks=pytest.mark.slow),
        pytest.param(8, 40, id="8", marks=pytest.mark.exhaustive),
    ],
)
def test_months_find_and_recover_what_was_paid_too_much(at: datetime, tmp_path: Path, months: int, cases: int) -> None:
    year = lived(tmp_path, at, months=months, cases=cases)
    now = found(year)
    assert (now.overruns, now.ledger_unbalanced, now.replay_mismatches, now.paid_after_death) == (0, 0, 0, 0)
    assert now.overpaid_found > 0
    assert now.overpaid_recovered_fen > 0
    assert now.lines_paid > 0

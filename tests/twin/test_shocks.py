"""The invented year: the same seed gives the same year, harmless records are many, and some need leaves no trace."""

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import twin
from twin.shocks import ASSISTANCE, CAUSES, Shocks, strike

START = date(2026, 1, 1)


@pytest.fixture(scope="module")
def district() -> twin.District:
    return twin.generate(people=4_000, seed=3, as_of=START)


def struck(district: twin.District, **changed: Any) -> Shocks:
    return strike(district, **({"months": 12, "seed": 5, "start": START} | changed))


def test_the_same_seed_gives_the_same_year(district: twin.District) -> None:
    one, again, other = struck(district), struck(district), struck(district, seed=6)
    assert one.needs.equals(again.needs)
    assert one.signals.equals(again.signals)
    assert not one.needs.equals(other.needs)


def test_the_truth_and_the_records(district: twin.District) -> None:
    year = struck(district)
    needs, signals = year.needs, year.signals
    homes = set(year.household_ids.to_pylist())
    assert pc.count_distinct(needs["household_id"]).as_py() == needs.num_rows, "the first need of each"
    assert set(needs["household_id"].to_pylist()) <= homes
    assert set(signals["household_id"].to_pylist()) <= homes
    assert pc.all(pc.greater_equal(signals["known_date"], signals["happened_date"])).as_py()
    assert set(needs["cause"].to_pylist()) <= {cause.code for cause in CAUSES}
    # Most records are of households that never come into need, and some need is on no record at all.
    quiet = [n for n in signals["household_id"].to_pylist() if n not in set(needs["household_id"].to_pylist())]
    assert len(quiet) > signals.num_rows * 0.7
    assert 0.1 < pc.mean(needs["traceless"].cast(pa.int8())).as_py() < 0.6
    never = needs["applies_date"].null_count / needs.num_rows
    assert 0.1 < never < 0.5


def test_hidden_trouble_is_hidden(district: twin.District) -> None:
    """No signal has a cause; what is on record of a hidden need is some other, harmless thing."""
    assert "cause" not in struck(district).signals.column_names
    assert next(cause for cause in CAUSES if cause.code == "hidden").traces == ()


def test_who_is_assisted_already_is_left_out(district: twin.District) -> None:
    year = struck(district)
    paid = district.receipts.filter(
        pc.is_in(district.receipts["scheme"].cast(pa.string()), value_set=pa.array(ASSISTANCE))
    )
    assert paid.num_rows
    assert not set(paid["household_id"].to_pylist()) & set(year.household_ids.to_pylist())


def test_uncoupled_trouble_strikes_without_regard(district: twin.District) -> None:
    coupled, plain = struck(district), struck(district, coupled=False)
    assert coupled.signals.equals(plain.signals), "the records are the same, the need is another"
    assert coupled.needs.num_rows > plain.needs.num_rows

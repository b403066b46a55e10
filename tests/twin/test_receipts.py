"""What is paid already, with gaps and mistakes; and where everything lies."""

import numpy as np
import pyarrow.compute as pc

from twin import District
from twin.receipts import SCHEMES, STATUSES
from twin.sources import communities


def _text(table, name):  # type: ignore[no-untyped-def]
    return table[name].combine_chunks().dictionary_decode().to_numpy(zero_copy_only=False)


def test_every_scheme_is_paid_to_somebody(district: District) -> None:
    scheme = _text(district.receipts, "scheme")
    assert set(scheme) == set(SCHEMES)
    amount = district.receipts["amount_fen"].to_numpy()
    status = np.isin(scheme, [SCHEMES[place] for place in STATUSES])
    voucher = scheme == "elder_consumption_voucher"
    assert (amount[~status & ~voucher] > 0).all()
    assert (amount[status] == 0).all()
    assert (amount[voucher] > 0).mean() > 0.5  # a voucher takes off nothing while there is no bill


def test_nobody_is_paid_twice_by_one_scheme(district: District) -> None:
    rows = district.receipts.select(["household_id", "person_id", "scheme"]).to_pylist()
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_gaps_and_mistakes_are_there_and_noted(district: District) -> None:
    planted = district.planted
    kinds = set(_text(planted, "kind"))
    assert kinds == {"missed", "dead_still_paid", "moved_still_paid", "income_risen"}
    paid = {tuple(r.values()) for r in district.receipts.select(["household_id", "person_id", "scheme"]).to_pylist()}
    for row in planted.to_pylist():
        key = (row["household_id"], row["person_id"], row["scheme"])
        assert (key in paid) == (row["kind"] != "missed"), row
    dead = district.people["dead"].to_pylist()
    for row in planted.filter(pc.equal(pc.cast(planted["kind"], "string"), "dead_still_paid")).to_pylist():
        assert dead[row["person_id"] - 1]


def test_between_a_tenth_and_a_fifth_are_missed(district: District) -> None:
    missed = _text(district.planted, "kind") == "missed"
    for scheme in ("minimum_living_allowance", "old_age_allowance", "disability_care_subsidy"):
        gone = (missed & (_text(district.planted, "scheme") == scheme)).sum()
        paid = (_text(district.receipts, "scheme") == scheme).sum()
        assert 0.08 < gone / (gone + paid) < 0.22, scheme


def test_all_203_communities_are_inhabited(district: District) -> None:
    people = np.unique(_text(district.people, "community_code"), return_counts=True)
    assert len(people[0]) == 203 == len(communities())
    assert set(people[0]) == {row["code"] for row in communities()}
    assert people[1].min() > 30


def test_doors_are_unique_and_near_the_district(district: District) -> None:
    address = district.dwellings["address"].to_pylist()
    assert len(set(address)) == len(address)
    lon, lat = district.dwellings["lon"].to_numpy(), district.dwellings["lat"].to_numpy()
    assert (lon > 120.12).all()
    assert (lon < 120.32).all()
    assert (lat > 30.17).all()
    assert (lat < 30.42).all()
    grids = district.dwellings["grid_no"].to_numpy()
    assert grids.min() == 1
    assert grids.max() == 4

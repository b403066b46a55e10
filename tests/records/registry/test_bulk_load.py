"""A load that stops anywhere goes on; a registry in use is refused; what is loaded is sealed, found and constrained."""

from datetime import datetime

import psycopg
import pytest

from builders import staff
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.foundation.sealing.operations import open_sealed
from minsheng.records.registry import operations as registry
from minsheng.records.registry.bulk import UnableToLoad, load_district, loading
from minsheng.records.registry.sealed_columns import ID_NUMBER
from records.registry.district import AS_OF, DISTRICT_AREA, dsn, load, plant_areas
from twin.generate import generate

pytestmark = pytest.mark.django_db(transaction=True)


class _Cut(Exception):
    """The power went off."""


def catalogue(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """This function will list indexes and constraints of the room, with their definitions."""
    return connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'registry_%' UNION ALL"
        " SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'registry_%'"
        " ORDER BY 1, 2"
    ).fetchall()


@pytest.mark.parametrize("stop_after", ["registry_dwelling", "registry_person", "registry_statement"])
def test_a_load_that_was_cut_goes_on_and_ends_as_if_it_had_not(
    keys: Keyring, at: datetime, stop_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = generate(2_000, 7, AS_OF)
    areas = plant_areas(district)
    whole = loading._load_table
    loaded: list[str] = []

    def cut_short(connection, step, *, load, at, progress):  # type: ignore[no-untyped-def]
        if step.table == stop_after:
            broken = loading._Step(step.table, step.columns, lambda: _then_cut(step.blocks()), step.rows)
            return whole(connection, broken, load=load, at=at, progress=progress)
        loaded.append(step.table)
        return whole(connection, step, load=load, at=at, progress=progress)

    arguments = {"owner_dsn": dsn("owner"), "district": district, "area_ids": areas, "keyring": keys}
    with psycopg.connect(dsn("owner")) as connection:
        before = catalogue(connection)
    monkeypatch.setattr(loading, "_load_table", cut_short)
    with pytest.raises(_Cut):
        load_district(**arguments, at=at, as_of=AS_OF)
    monkeypatch.setattr(loading, "_load_table", whole)
    with psycopg.connect(dsn("owner")) as connection:
        assert catalogue(connection) == before
        assert connection.execute(f"SELECT count(*) FROM {stop_after}").fetchone() == (0,)
    seen: list[tuple[int, int]] = []
    rows = load_district(**arguments, at=at, as_of=AS_OF, report=lambda done, total: seen.append((done, total)))
    assert rows["registry_person"] == district.people.num_rows
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    with psycopg.connect(dsn("owner")) as connection:
        assert catalogue(connection) == before
        for table, count in rows.items():
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,), table
    again = load_district(**arguments, at=at, as_of=AS_OF)
    assert again == rows
    with pytest.raises(UnableToLoad, match="空库"):
        load_district(**arguments, at=at, as_of=AS_OF, name="another")


def _then_cut(blocks):  # type: ignore[no-untyped-def]
    yield next(iter(blocks))
    raise _Cut


def test_what_is_loaded_is_sealed_found_and_followed_by_new_ids(keys: Keyring, at: datetime) -> None:
    district, _ = load(keys=keys, at=at)
    clerk = staff(at=at, role="district_business", area_id=DISTRICT_AREA)
    rows = [row for row in district.people.to_pylist() if row["id_number"] and row["phone"]]
    with psycopg.connect(dsn("owner")) as connection:
        dump = connection.execute("SELECT string_agg(p::text, '') FROM registry_person p").fetchone()
        sealed = dict(connection.execute("SELECT id, id_sealed FROM registry_person WHERE id_sealed IS NOT NULL"))
    assert dump is not None
    for row in rows[:300]:
        assert row["id_number"] not in dump[0]
        opened = open_sealed(context=ID_NUMBER, row_id=row["person_id"], sealed=sealed[row["person_id"]], keyring=keys)
        assert opened == row["id_number"]
    for row in rows[::200]:
        for text in (row["id_number"], row["phone"], row["name"]):
            found = registry.search_people(viewer=clerk, at=at, text=text, size=100).people
            assert row["person_id"] in {p.person_id for p in found}, text
    registered = registry.create_person(
        actor=clerk, at=at, area_id=100, particulars=registry.Particulars(name="新来者")
    )
    assert registered > max(district.people["person_id"].to_pylist())


def test_a_community_that_is_not_in_the_tree_stops_the_load_before_it_begins(keys: Keyring, at: datetime) -> None:
    district = generate(2_000, 7, AS_OF)
    areas = plant_areas(district)
    missing = dict(list(areas.items())[1:])
    with pytest.raises(UnableToLoad, match="不在区划表里"):
        load_district(owner_dsn=dsn("owner"), district=district, area_ids=missing, keyring=keys, at=at, as_of=AS_OF)

"""Invented people as Parquet, without names or numbers: what `minsheng policies run` reads."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import twin
from minsheng.work.eligibility.law import input_names
from twin.generate import UnableToGenerate

PART = 1_000_000  # people: one county; a province is many
ROWS = 100_000  # of a row group, so that a block of households touches few
KINDS = {"persons": "person", "households": "household"}


def write_sample(*, people: int, seed: int, as_of: date, out: Path) -> dict[str, int]:
    """This function will write `persons/` and `households/` below `out`, a pair of files for each million people.

    Each part is a synthetic district with a seed of its own and ids that follow the part before, sorted by household.
    Returns how many persons and households were written. Raises UnableToGenerate below 2,000 people.
    """
    parts = [PART] * (people // PART)
    if people % PART >= 2_000 or not parts:
        parts.append(people % PART)
    made = dict.fromkeys(KINDS, 0)
    shift = {"household_id": 0, "person_id": 0}
    for place, size in enumerate(parts):
        district = twin.generate(people=size, seed=seed + place, as_of=as_of)
        tables = {"persons": district.people, "households": district.households}
        for name, table in tables.items():
            keys = [key for key in shift if key in table.column_names]
            inputs = [n for n in input_names(entity=KINDS[name]) if n in table.column_names]
            table = table.select([*keys, "community_code", *inputs])
            for key in keys:
                table = table.set_column(table.column_names.index(key), key, pc.add(table[key], shift[key]))
            folder = out / name
            folder.mkdir(parents=True, exist_ok=True)
            table = _plain(table.sort_by("household_id"))
            pq.write_table(table, folder / f"part-{place:04}.parquet", row_group_size=ROWS, compression="zstd")
            made[name] += table.num_rows
        shift["household_id"] += pc.max(district.households["household_id"]).as_py()
        shift["person_id"] += pc.max(district.people["person_id"]).as_py()
    return made


def _plain(table: pa.Table) -> pa.Table:
    """Parts share one schema: codes as texts, which Parquet keeps as a dictionary of its own."""
    fields = [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def print_sample(*, people: int, seed: int, as_of: date, out: Path) -> int:
    """This function will write a sample and print one JSON line."""
    try:
        print(json.dumps({"out": str(out)} | write_sample(people=people, seed=seed, as_of=as_of, out=out)))
    except UnableToGenerate as refusal:
        print(refusal)
        return 2
    return 0

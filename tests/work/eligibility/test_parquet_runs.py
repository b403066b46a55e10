"""All schemes over Parquet: blocks change nothing, engines agree, and what is not there is refused with words."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from minsheng.config import acts
from minsheng.config.sample import write_sample
from minsheng.work.eligibility import parquet_runs
from minsheng.work.eligibility.law import seed
from minsheng.work.eligibility.parquet_runs import UnableToRunOverParquet, run_over_parquet
from rulebook.duckdb_runner import run_population
from rulebook.tally import tally

DAY = date(2026, 11, 1)
SCHEMES = ("minimum_living_allowance", "old_age_allowance")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    write_sample(people=3_000, seed=1, as_of=DAY, out=out)
    return out


def run(sample: Path, out: Path, **given: Any) -> dict[str, Any]:
    places = {"persons": sample / "persons", "households": sample / "households"}
    return run_over_parquet(**{"engine": "duckdb", "as_of": DAY, "out": out, "schemes": SCHEMES} | places | given)


def test_blocks_of_households_change_nothing(sample: Path, tmp_path: Path) -> None:
    whole = run(sample, tmp_path / "whole")
    parts = run(sample, tmp_path / "parts", block=400)
    assert whole["blocks"] == 1
    assert parts["blocks"] >= 4
    assert whole["entitled"] > 50
    for key in ("entitled", "unknown", "checksum", "schemes", "people", "households"):
        assert whole[key] == parts[key], key


def test_the_files_hold_what_the_line_says(sample: Path, tmp_path: Path) -> None:
    line = run(sample, tmp_path, block=400)
    persons, homes = (pq.read_table(sample / name) for name in ("persons", "households"))
    expected = run_population(seed().law_on(DAY), DAY, persons, homes, schemes=SCHEMES)
    for code in SCHEMES:
        written = pq.read_table(tmp_path / f"{code}.parquet")
        assert tally(written) == tally(expected[code])
        assert line["schemes"][code]["checksum"] == tally(written).checksum
        assert line["schemes"][code]["amount_fen"] == pc.sum(written["amount_fen"]).as_py()
        assert line["schemes"][code]["period"] == "month"


@pytest.mark.slow
def test_kernel_and_duckdb_write_the_same(sample: Path, tmp_path: Path) -> None:
    one = run(sample, tmp_path / "one", schemes=None, block=500)
    two = run(sample, tmp_path / "two", schemes=None, engine="kernel", block=900)
    assert one["schemes"] == two["schemes"]
    assert one["checksum"] == two["checksum"]


def test_every_household_is_in_one_block_also_one_that_has_no_row(tmp_path: Path) -> None:
    people = pa.table({"household_id": [1, 1, 5, 9, 12, 12], "person_id": [1, 2, 3, 4, 5, 6]})
    pq.write_table(people, tmp_path / "persons.parquet")
    pq.write_table(pa.table({"household_id": [5, 9, 1, 7]}), tmp_path / "homes.parquet")
    blocks = list(parquet_runs._blocks(tmp_path / "persons.parquet", tmp_path / "homes.parquet", 2))
    assert [sorted(homes["household_id"].to_pylist()) for _, homes in blocks] == [[1, 5], [7, 9]]
    assert [found["person_id"].to_pylist() for found, _ in blocks] == [[1, 2, 3], [4, 5, 6]]


def test_a_sample_of_several_parts_has_each_id_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minsheng.config.sample.PART", 2_000)
    made = write_sample(people=4_000, seed=1, as_of=DAY, out=tmp_path)
    persons, homes = (pq.read_table(tmp_path / name) for name in ("persons", "households"))
    assert len(list((tmp_path / "persons").iterdir())) == 2
    assert made == {"persons": persons.num_rows, "households": homes.num_rows}
    assert len(pc.unique(persons["person_id"])) == persons.num_rows > 4_000
    assert set(homes["household_id"].to_pylist()) >= set(persons["household_id"].to_pylist())
    assert not {"name", "id_number", "phone", "address"} & {*persons.column_names, *homes.column_names}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"engine": "abacus"}, "there is no engine 'abacus'; there are kernel, duckdb, spark"),
        ({"schemes": ("free_lunch",)}, "there is no scheme free_lunch; there are "),
        ({"persons": Path("nowhere.parquet")}, "nowhere.parquet is not there; write it, or make one with"),
    ],
)
def test_what_is_not_there_is_refused(sample: Path, tmp_path: Path, given: dict[str, Any], words: str) -> None:
    with pytest.raises(UnableToRunOverParquet, match=words):
        run(sample, tmp_path, **given)


def test_the_command_prints_one_line_and_a_refusal_says_what_to_do(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--engine", "duckdb", "--as-of", "2026-11-01", "--households", str(sample / "households")]
    words += ["--out", str(tmp_path), "--schemes", SCHEMES[1], "--persons"]
    assert acts.policies([*words, str(sample / "persons")]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["schemes"].keys() == {SCHEMES[1]}
    assert acts.policies([*words, str(sample / "nobody")]) == 2
    assert "minsheng policies sample" in capsys.readouterr().out


def test_the_checksum_sees_every_column_and_no_order(sample: Path) -> None:
    row = {"household_id": 1, "person_id": "7", "status": "entitled", "amount_fen": 5, "share_fen": 5, "counted": True}
    other = row | {"household_id": 2, "person_id": None, "amount_fen": None}
    sum_of = tally(pa.Table.from_pylist([row, other]))
    assert sum_of == tally(pa.Table.from_pylist([other, row]))
    assert sum_of == tally(pa.Table.from_pylist([row])) + tally(pa.Table.from_pylist([other]))
    for name, value in {"household_id": 3, "person_id": "8", "status": "unknown", "amount_fen": 6, "share_fen": None,
                        "counted": False}.items():  # fmt: skip
        assert tally(pa.Table.from_pylist([row | {name: value}, other])).checksum != sum_of.checksum, name

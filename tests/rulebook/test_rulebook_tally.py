"""Counts and checksums of outcome rows: blind to order and blocks, awake to any changed cell."""

from typing import Any

import pyarrow as pa
import pytest

from rulebook.tally import Tally, _word, _words, tally

ROWS: list[dict[str, Any]] = [
    {"household_id": 1, "person_id": None, "status": "entitled", "amount_fen": 180600, "share_fen": 90300,
     "counted": None},
    {"household_id": 2, "person_id": 5, "status": "unknown", "amount_fen": None, "share_fen": None, "counted": True},
    {"household_id": 3, "person_id": 6, "status": "entitled", "amount_fen": None, "share_fen": 0, "counted": False},
]  # fmt: skip
SCHEMA = pa.schema({"household_id": pa.int64(), "person_id": pa.int64(), "status": pa.string(),
                    "amount_fen": pa.int64(), "share_fen": pa.int64(), "counted": pa.bool_()})  # fmt: skip


def of(rows: list[dict[str, Any]]) -> Tally:
    return tally(pa.Table.from_pylist(rows, SCHEMA))


def test_it_counts_and_sums_what_is_certain() -> None:
    made = of(ROWS)
    assert (made.entitled, made.unknown, made.fen) == (2, 1, 180600)
    assert made.checksum == "287f5b6633f3c628"
    assert (of([]).entitled, of([]).fen, of([]).checksum) == (0, 0, "0" * 16)
    assert Tally() == of([]) == Tally(0, 0, 0, 0)  # the sum begins with nothing


def test_order_and_blocks_do_not_matter() -> None:
    assert of(ROWS[::-1]) == of(ROWS)
    assert of(ROWS[:1]) + of(ROWS[1:]) == of(ROWS)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [(0, "household_id", 9), (0, "person_id", 0), (1, "person_id", 6), (1, "status", "entitled"),
     (0, "amount_fen", 180601), (1, "amount_fen", 0), (2, "share_fen", None), (2, "counted", True),
     (0, "counted", False)],
)  # fmt: skip
def test_any_changed_cell_changes_the_checksum(row: int, column: str, value: object) -> None:
    changed = [dict(one) for one in ROWS]
    changed[row][column] = value
    assert of(changed).checksum != of(ROWS).checksum


def test_a_text_that_is_not_there_has_a_word_of_its_own() -> None:
    words = _words(pa.chunked_array([["entitled", None, "unknown"]]))
    assert words.tolist() == [_word("entitled"), 7, _word("unknown")]


def test_the_checksum_has_sixty_four_bits() -> None:
    half = Tally(words=2**63)
    assert (half + Tally(words=2**63 - 1)).checksum == "f" * 16
    assert (half + half).checksum == "0" * 16
    assert (half + half + Tally(words=5)).words == 5

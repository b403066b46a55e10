"""Counts, sums and a checksum of outcome rows. They add up over blocks and do not depend on the order of rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Words = npt.NDArray[np.uint64]
COLUMNS = ("household_id", "person_id", "status", "amount_fen", "share_fen", "counted")
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True)
class Tally:
    """What a run found for one scheme; `fen` sums the amounts that are certain, `words` is the checksum's number."""

    entitled: int = 0
    unknown: int = 0
    fen: int = 0
    words: int = 0

    def __add__(self, other: Tally) -> Tally:
        words = (self.words + other.words) % 2**64
        return Tally(self.entitled + other.entitled, self.unknown + other.unknown, self.fen + other.fen, words)

    @property
    def checksum(self) -> str:
        """This property will be equal for equal rows, whichever engine wrote them and in whatever order."""
        return f"{self.words:016x}"


def tally(table: pa.Table) -> Tally:
    """This function will count one result table of `run_population`; every column of it takes part in the checksum."""
    rows = np.zeros(table.num_rows, np.uint64)
    for name in COLUMNS:
        rows = _mixed(rows + GOLDEN + _words(table[name]))
    entitled = pc.sum(pc.equal(table["status"], "entitled")).as_py() or 0
    fen = pc.sum(table["amount_fen"]).as_py() or 0
    return Tally(entitled, table.num_rows - entitled, fen, int(rows.sum(dtype=np.uint64)))


def _words(column: pa.ChunkedArray) -> Words:
    """A 64-bit word for each value; a null is a word of its own. Whole numbers stand for themselves."""
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        filled = pc.fill_null(column.cast(pa.int64()), 0).to_numpy().view(np.uint64)
        here = column.is_valid().to_numpy()
        made: Words = np.where(here, _mixed(filled + GOLDEN), np.uint64(7))
        return made
    encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    named = np.array([_word(value) for value in encoded.dictionary.to_pylist()] + [7], np.uint64)
    found: Words = named[pc.fill_null(encoded.indices, len(named) - 1).to_numpy(zero_copy_only=False)]
    return found


def _word(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def _mixed(words: Words) -> Words:
    made: Words = (words ^ (words >> np.uint64(30))) * MIX[0]
    made = (made ^ (made >> np.uint64(27))) * MIX[1]
    return made ^ (made >> np.uint64(31))

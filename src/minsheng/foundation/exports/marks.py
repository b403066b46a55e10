"""The digests of rows by which a leaked file is traced: HMAC-SM3 under the index key, eight bytes for a row."""

from collections.abc import Iterable

from minsheng.foundation.exports.rules import MARK_BYTES
from minsheng.foundation.sealing.index import prepared_mac
from minsheng.foundation.sealing.operations import current_keyring

_WORD = "exports_export.marks"


def marks_of(rows: Iterable[tuple[str, ...]]) -> list[bytes]:
    """This function will return the mark of each row, given as the texts that say whom it is about."""
    prepared = prepared_mac(current_keyring(), _WORD)
    marks = []
    for row in rows:
        mac = prepared.copy()
        mac.update("\x1f".join(row).encode())
        marks.append(mac.finalize()[:MARK_BYTES])
    return marks


def in_pieces(marks: bytes) -> list[bytes]:
    """This function will cut the stored marks of an export into those of its rows."""
    return [marks[i : i + MARK_BYTES] for i in range(0, len(marks), MARK_BYTES)]

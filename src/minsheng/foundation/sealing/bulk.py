"""Sealing and indexing of whole columns, for loads of a million rows; needs no Django, so any process may use it.

Hand the key file's path to a worker process and let it read the keys (`read_keyring`), rather than the keys themselves.
An absent value (None) stays absent: nothing is sealed for it, and nothing is found by it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from minsheng.foundation.sealing.envelope import UnableToOpenSealed, header, open_value
from minsheng.foundation.sealing.galois import SmallValueGcm
from minsheng.foundation.sealing.index import LAST_FOUR_BYTES, last_four_word, prepared_mac
from minsheng.foundation.sealing.keyring import DataKey, Keyring
from minsheng.foundation.sealing.rules import indexed_text, last_four
from minsheng.foundation.sealing.suites import NONCE_BYTES, ChineseSuite
from minsheng.foundation.sealing.types import RowId, SealedColumn

BATCH_ROWS = 8192


class UnableToSeal(Exception):
    """A batch was sealed, but a value of it does not open again; nothing of the batch was returned."""


def seal_many(
    *, keyring: Keyring, context: SealedColumn, row_ids: Sequence[RowId], values: Sequence[str | None]
) -> list[bytes | None]:
    """This function will seal one value for each row id, in order; each opens with `operations.open_sealed`."""
    batches = seal_in_batches(keyring=keyring, context=context, rows=zip(row_ids, values, strict=True))
    return [sealed for batch in batches for sealed in batch]


def seal_in_batches(
    *,
    keyring: Keyring,
    context: SealedColumn,
    rows: Iterable[tuple[RowId, str | None]],
    batch_rows: int = BATCH_ROWS,
) -> Iterator[list[bytes | None]]:
    """This generator will seal (row id, value) pairs and release them in lists of `batch_rows`, in order."""
    iterator = iter(rows)
    while batch := list(islice(iterator, batch_rows)):
        present = [(row_id, value) for row_id, value in batch if value is not None]
        sealed = iter(_seal_batch(keyring, context, present))
        yield [None if value is None else next(sealed) for _, value in batch]


def blind_index_many(*, keyring: Keyring, context: SealedColumn, values: Sequence[str | None]) -> list[bytes | None]:
    """This function will return the blind index of each value, in order; UnableToIndex as for a single value."""
    return _mac_many(keyring, context.name, values, lambda value: indexed_text(context, value), None)


def last_four_index_many(
    *, keyring: Keyring, context: SealedColumn, values: Sequence[str | None]
) -> list[bytes | None]:
    """This function will return the 16-bit index of each value's last four digits, in order."""
    return _mac_many(keyring, last_four_word(context), values, lambda value: last_four(context, value), LAST_FOUR_BYTES)


def _mac_many(
    keyring: Keyring,
    word: str,
    values: Sequence[str | None],
    normal: Callable[[str], str],
    size: int | None,
) -> list[bytes | None]:
    copy = prepared_mac(keyring, word).copy
    found: list[bytes | None] = []
    append = found.append
    for value in values:
        if value is None:
            append(None)
            continue
        mac = copy()
        mac.update(normal(value).encode())
        append(mac.finalize()[:size])
    return found


def _seal_batch(keyring: Keyring, context: SealedColumn, rows: list[tuple[RowId, str]]) -> list[bytes]:
    if not rows:
        return []
    key = keyring.newest
    nonces = os.urandom(NONCE_BYTES * len(rows))
    # The same words as envelope.associated_data, formatted once around the row id.
    before, after = f"{context.table}|{context.column}|", f"|{key.key_id}"
    associated = [f"{before}{row_id}{after}".encode() for row_id, _ in rows]
    plain = [value.encode() for _, value in rows]
    bodies = _encrypt(key, nonces, plain, associated)
    front = header(key)
    sealed = [front + nonces[row * NONCE_BYTES : (row + 1) * NONCE_BYTES] + body for row, body in enumerate(bodies)]
    for probe in {0, len(rows) // 2, len(rows) - 1}:
        row_id, value = rows[probe]
        try:
            opened = open_value(keyring=keyring, context=context, row_id=row_id, sealed=sealed[probe])
        except UnableToOpenSealed as error:
            raise UnableToSeal(
                f"{context.name} 批量加密自检不通过，这一批没有写出。请停止导入并报告开发人员。"
            ) from error
        if opened != value:
            raise UnableToSeal(f"{context.name} 批量加密自检不一致，这一批没有写出。请停止导入并报告开发人员。")
    return sealed


def _encrypt(key: DataKey, nonces: bytes, plain: list[bytes], associated: list[bytes]) -> list[bytes]:
    if key.suite.number == ChineseSuite.number:
        return _small_value_gcm(key.secret).encrypt_many(nonces, plain, associated)
    encrypt = key.suite.encrypt
    return [
        encrypt(key.secret, nonces[row * NONCE_BYTES : (row + 1) * NONCE_BYTES], text, words)
        for row, (text, words) in enumerate(zip(plain, associated, strict=True))
    ]


@lru_cache(maxsize=2)
def _small_value_gcm(secret: bytes) -> SmallValueGcm:
    return SmallValueGcm(secret)

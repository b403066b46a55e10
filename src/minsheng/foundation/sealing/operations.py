"""What other rooms call: seal, open, index. Keys come from the file that settings.SEALING_KEY_FILE names.

Each function takes an optional `keyring`, for bulk work in other processes and for tests.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from minsheng.foundation.sealing import envelope, index
from minsheng.foundation.sealing.envelope import UnableToOpenSealed
from minsheng.foundation.sealing.keyring import Keyring, read_keyring
from minsheng.foundation.sealing.rules import UnableToIndex
from minsheng.foundation.sealing.types import RowId, SealedColumn

__all__ = [
    "UnableToIndex",
    "UnableToOpenSealed",
    "blind_index",
    "current_keyring",
    "last_four_index",
    "needs_resealing",
    "open_sealed",
    "seal",
]


def current_keyring() -> Keyring:
    """This function will return the installation's keys, read again whenever the file was replaced (rotation)."""
    path = Path(settings.SEALING_KEY_FILE)
    try:
        status = path.stat()
    except FileNotFoundError:
        return read_keyring(path)  # says what is missing and what to do
    return _read_once(path, status.st_ino, status.st_mtime_ns, status.st_mode)


@lru_cache(maxsize=4)
def _read_once(path: Path, inode: int, modified_ns: int, mode: int) -> Keyring:
    return read_keyring(path)


def seal(*, context: SealedColumn, row_id: RowId, value: str, keyring: Keyring | None = None) -> bytes:
    """This function will seal a text for one row of one column; store the bytes in a BinaryField.

    The row's id must be final before sealing: it is part of the seal.
    """
    return envelope.seal_value(keyring=keyring or current_keyring(), context=context, row_id=row_id, value=value)


def open_sealed(
    *, context: SealedColumn, row_id: RowId, sealed: bytes | memoryview, keyring: Keyring | None = None
) -> str:
    """This function will return the text, or raise UnableToOpenSealed for a changed, moved or foreign value."""
    return envelope.open_value(
        keyring=keyring or current_keyring(), context=context, row_id=row_id, sealed=bytes(sealed)
    )


def needs_resealing(*, sealed: bytes | memoryview, keyring: Keyring | None = None) -> bool:
    """This function will return whether a value was sealed with an older key than the newest one."""
    return envelope.key_id_of(bytes(sealed)) != (keyring or current_keyring()).newest.key_id


def blind_index(*, context: SealedColumn, value: str, keyring: Keyring | None = None) -> bytes:
    """This function will return the 32 bytes by which a number is found; two spellings of one number are equal.

    Raises UnableToIndex for columns with few possible values and for empty or short numbers.
    """
    return index.index_value(keyring=keyring or current_keyring(), context=context, value=value)


def last_four_index(*, context: SealedColumn, value: str, keyring: Keyring | None = None) -> bytes:
    """This function will return the two bytes by which a telephone or bank card is found from its last four digits."""
    return index.last_four_value(keyring=keyring or current_keyring(), context=context, value=value)

"""Is there space to write? Places on this machine are asked; the database's disk is known by what it refused.

The app role cannot ask how full another machine's disk is. So a process that was told "no space left" remembers it, and
from then on each probe tries a small write, undone at once, until one succeeds.
"""

import shutil
import threading
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction

LEAST_FREE = 64 * 2**20  # below this a place counts as full: the database writes its log in pieces of 16 MB
_met = threading.Event()
# Grows a file of its own in the database's folder by some 400 KB, and is gone with its transaction.
_TRY = "CREATE TEMPORARY TABLE running_space ON COMMIT DROP AS SELECT gen_random_uuid() FROM generate_series(1, 8000)"


def free_bytes() -> dict[str, int]:
    """This function will say how much is free in each place on this machine that is written to."""
    return {name: shutil.disk_usage(_nearest(Path(path))).free for name, path in settings.DISKS.items()}


def full_places() -> list[str]:
    """This function will name the places that have no space: of this machine, and `database` when it said so."""
    found = [name for name, free in free_bytes().items() if free < LEAST_FREE]
    if _met.is_set() and not _is_writable_again():
        found.append("database")
    return found


def note_full_database() -> None:
    """This function will remember that the database had no space."""
    _met.set()


def _is_writable_again() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TRY)
            transaction.set_rollback(True)
    except Error:
        return False
    _met.clear()
    return True


def _nearest(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path

"""Row MACs: HMAC-SM3 over the columns of a row that an act of money or right rests on (GB/T 22239-2019 8.1.4.7 b).

The key is made from the index key of the key file, so it stands in no database and no dump: whoever changes a row by
SQL cannot make its MAC. The table, the row's id and every column's name are covered; a MAC copied to another row is
wrong.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from minsheng.foundation.sealing.keyring import Keyring
from minsheng.foundation.sealing.operations import current_keyring
from minsheng.foundation.sealing.types import RowId

MAC_BYTES = 32


class UnableToTrustRow(RuntimeError):
    """A row does not bear its MAC: it was changed past the program. Nothing is done with it."""


@dataclass(frozen=True)
class RowMac:
    """Which columns of a table are vouched for together; `label` says in Chinese what a row is.

    `later`: columns that came after rows were vouched for, with the value that those rows have. A row with that value
    is told without the column, so an old MAC holds, and only for that value.
    """

    table: str
    columns: tuple[str, ...]
    label: str
    later: tuple[tuple[str, Any], ...] = ()

    @property
    def all_columns(self) -> tuple[str, ...]:
        """This property will name every column that is vouched for today."""
        return (*self.columns, *(name for name, _ in self.later))

    def of(self, row: Any, *, keyring: Keyring | None = None) -> bytes:
        """This method will return the MAC of a row: an object with the columns and `pk` as attributes, id included."""
        return self.over(row_id=row.pk, values={c: getattr(row, c) for c in self.all_columns}, keyring=keyring)

    def over(self, *, row_id: RowId, values: Mapping[str, Any], keyring: Keyring | None = None) -> bytes:
        """This method will return the MAC of a row given as its id and columns."""
        ring = keyring or current_keyring()
        named = [*self.columns, *(name for name, old in self.later if values.get(name, old) != old)]
        told = [self.table, str(row_id), [[name, _plain(values[name])] for name in named]]
        mac = ring.index_suite.mac(_key(ring))
        mac.update(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
        return mac.finalize()

    def holds(self, row: Any, *, keyring: Keyring | None = None) -> bool:
        """This method will say whether a row with the attribute `mac` is as the program wrote it."""
        return row.mac is not None and hmac.compare_digest(bytes(row.mac), self.of(row, keyring=keyring))

    def trust(self, row: Any) -> None:
        """This method will raise UnableToTrustRow unless the row bears its MAC."""
        if not self.holds(row):
            raise UnableToTrustRow(
                f"{self.label}（编号 {row.pk}）与校验码不符，可能在数据库里被直接改过，已停止使用。请报安全管理员核查。"
            )


DECLARED: dict[str, RowMac] = {}


def declare(mac: RowMac) -> RowMac:
    """This function will put a table among those that the nightly check goes through."""
    DECLARED[mac.table] = mac
    return mac


def _key(ring: Keyring) -> bytes:
    mac = ring.index_suite.mac(ring.index_secret)
    mac.update(b"minsheng.sealing.row-mac\x01")
    return mac.finalize()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"a row MAC covers texts, numbers, days and bytes, not {type(value).__name__}")

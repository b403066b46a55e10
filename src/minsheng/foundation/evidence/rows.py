"""The check of row MACs: every table whose rows bear one, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing.macs import DECLARED, RowMac
from minsheng.foundation.sealing.operations import current_keyring

_PIECE = 5000


@dataclass(frozen=True)
class BrokenRow:
    """A row that does not bear its MAC."""

    table: str
    label: str
    row_id: int


@dataclass(frozen=True)
class RowsReport:
    """How many rows of each table were gone through, and which were changed past the program."""

    rows: dict[str, int]
    broken: tuple[BrokenRow, ...]

    @property
    def in_words(self) -> str:
        """This property will say in one sentence what was found."""
        gone = f"核对了 {sum(self.rows.values()):,} 行（{len(self.rows)} 张表）"
        if not self.broken:
            return f"{gone}，校验码都相符。"
        first = self.broken[0]
        return f"{gone}，{len(self.broken)} 行与校验码不符。第一行：{first.label}，编号 {first.row_id}。"


def check_rows(*, viewer: Viewer, at: datetime) -> RowsReport:
    """This function will compare every row that bears a MAC with it, within the viewer's areas."""
    rows: dict[str, int] = {}
    broken: list[BrokenRow] = []
    with acting_as(viewer=viewer, at=at):
        for mac in DECLARED.values():
            rows[mac.table] = 0
            for number, holds in _rows(mac):
                rows[mac.table] += 1
                if not holds:
                    broken.append(BrokenRow(mac.table, mac.label, number))
    return RowsReport(rows, tuple(broken))


def _rows(mac: RowMac) -> Iterator[tuple[int, bool]]:
    keyring, after = current_keyring(), 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, mac, {', '.join(mac.all_columns)} FROM {mac.table} WHERE id > %s ORDER BY id LIMIT %s",
                [after, _PIECE],
            )
            found = cursor.fetchall()
        for number, kept, *values in found:
            made = mac.over(row_id=number, values=dict(zip(mac.all_columns, values, strict=True)), keyring=keyring)
            yield number, kept is not None and bytes(kept) == made
        if len(found) < _PIECE:
            return
        after = found[-1][0]

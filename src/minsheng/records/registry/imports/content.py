"""The content of one row, as it is sealed: what was sent, what it means, what was there before."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from minsheng.foundation.sealing import operations as sealing
from minsheng.foundation.sealing.bulk import seal_many
from minsheng.foundation.sealing.keyring import Keyring
from minsheng.foundation.sealing.types import SealedColumn, ValueKind
from minsheng.records.registry.imports.types import CellError, Change, RowOutcome

CONTENT = SealedColumn("imports_row", "sealed", ValueKind.FREE_TEXT)


@dataclass
class RowContent:
    """Everything of a row that names or describes a person. Values are as stored in JSON: days in ISO, money in fen.

    `person` are the columns of a person's row; `values` the facts to state, by subject ("person", "household");
    `before` what `person` columns held when the row was staged.
    """

    name: str = ""
    id_masked: str = ""
    raw: list[str] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    area_id: int | None = None
    household_id: int | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""
    changes: list[dict[str, str]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)

    def say(self, column: str, what: str, remedy: str) -> None:
        """This function will note one error."""
        self.errors.append({"column": column, "what": what, "remedy": remedy})

    def told_changes(self) -> tuple[Change, ...]:
        """The differences, ready to show."""
        return tuple(Change(**change) for change in self.changes)

    def told_errors(self) -> tuple[CellError, ...]:
        """The errors, ready to show."""
        return tuple(CellError(**error) for error in self.errors)

    @property
    def starts(self) -> date:
        """The day from which the row's facts hold."""
        return date.fromisoformat(self.valid_from)

    @property
    def ends(self) -> date | None:
        """The day from which they no longer hold, if the row says one."""
        return date.fromisoformat(self.valid_to) if self.valid_to else None


@dataclass
class Judged:
    """A row with what it would do."""

    number: int
    content: RowContent
    outcome: RowOutcome
    person_id: int | None = None


def seal_contents(contents: Mapping[UUID, RowContent], *, keyring: Keyring) -> list[bytes]:
    """This function will seal the contents for their rows, in order."""
    values = [json.dumps(asdict(content), ensure_ascii=False) for content in contents.values()]
    sealed = seal_many(keyring=keyring, context=CONTENT, row_ids=list(contents), values=values)
    return [one for one in sealed if one is not None]


def open_content(row_id: UUID, sealed: bytes | memoryview) -> RowContent:
    """This function will open the content of one row."""
    return RowContent(**json.loads(sealing.open_sealed(context=CONTENT, row_id=row_id, sealed=sealed)))

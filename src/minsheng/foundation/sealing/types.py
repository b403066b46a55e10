"""What a sealed column is, and which values may be searched without being opened."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

RowId = str | int | UUID


class ValueKind(StrEnum):
    """What sort of value a sealed column holds; it decides the normal form and whether an index is allowed."""

    ID_NUMBER = "id_number"  # 公民身份号码, GB 11643-1999
    DISABILITY_CERTIFICATE = "disability_certificate"  # 残疾人证号: the id number, class and grade digits
    PHONE = "phone"
    BANK_CARD = "bank_card"
    ADDRESS = "address"
    HEALTH = "health"  # disability class, illness, pregnancy …
    FREE_TEXT = "free_text"
    ALIAS = "alias"  # never stored in the open: what a keyed name or digest is made from


# A blind index shows which rows are equal. Where only a few values exist (sex, grade of disability, an illness), equal
# rows are as good as the value itself, so only numbers that belong to one person may be indexed.
INDEXABLE = frozenset(
    {ValueKind.ID_NUMBER, ValueKind.DISABILITY_CERTIFICATE, ValueKind.PHONE, ValueKind.BANK_CARD, ValueKind.ALIAS}
)
LAST_FOUR_INDEXABLE = frozenset({ValueKind.PHONE, ValueKind.BANK_CARD})


@dataclass(frozen=True)
class SealedColumn:
    """One column of one table that holds sealed values; its name is bound into every value and every index."""

    table: str
    column: str
    kind: ValueKind

    def __post_init__(self) -> None:
        for part in (self.table, self.column):
            if not part or "|" in part or "." in part:
                raise ValueError(f"a sealed column is named by plain identifiers, not {part!r}")

    @property
    def name(self) -> str:
        """This property will return "table.column", the separation word of blind indexes."""
        return f"{self.table}.{self.column}"

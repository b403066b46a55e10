"""What a table from outside may weigh, and the refusals, each with its remedy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableLimits:
    """Budgets of one import. Bytes are of the file as sent and as unpacked; the rest counts what the reader meets."""

    file_bytes: int = 20 * 2**20
    unpacked_bytes: int = 120 * 2**20
    ratio: int = 60
    entries: int = 300
    rows: int = 200_000
    blank_rows: int = 1_000  # in a row
    columns: int = 200
    cells: int = 40_000_000  # empty ones up to the last of their row included: they cost time too
    cell_characters: int = 5_000
    # What the parser must hold in memory whole: one row, the shared strings, styles and the other small parts.
    row_tags: int = 150_000
    outside_tags: int = 400_000
    strings: int = 600_000
    strings_bytes: int = 24 * 2**20
    string_tags: int = 2_000
    other_part_bytes: int = 2 * 2**20
    line_characters: int = 1_000_000
    lines_in_record: int = 1_000


DEFAULT_LIMITS = TableLimits()


class UnableToReadTable(ValueError):
    """The file is refused before anything of it is used: what is wrong, and what the sender can do."""

    def __init__(self, what: str, remedy: str, *, row: int | None = None) -> None:
        self.what, self.remedy, self.row = what, remedy, row
        super().__init__(f"{f'第 {row} 行：' if row else ''}{what}{remedy}")


def megabytes(size: int) -> str:
    """This function will write a number of bytes in MB, as people compare file sizes."""
    return f"{size / 2**20:,.1f} MB"

"""What crosses the walls of places: kinds, divisions with their dates, changes, answers, addresses."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class DivisionKind(StrEnum):
    """A level of GB/T 2260 and 统计用区划代码, or one of the seven kinds of self-governance unit (规划 III.5)."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    ESTATE = "estate"
    BUILDING = "building"
    COMPOUND = "compound"
    COURTYARD = "courtyard"
    STAIRWELL = "stairwell"
    GROUP = "group"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]

    @property
    def is_unit(self) -> bool:
        """Whether this is a self-governance unit below the community."""
        return self in UNIT_KINDS


_KIND_LABELS = {
    DivisionKind.PROVINCE: "省",
    DivisionKind.CITY: "设区市",
    DivisionKind.COUNTY: "区县",
    DivisionKind.STREET: "街道乡镇",
    DivisionKind.COMMUNITY: "社区村",
    DivisionKind.GRID: "网格",
    DivisionKind.ESTATE: "小区",
    DivisionKind.BUILDING: "楼宇",
    DivisionKind.COMPOUND: "院落",
    DivisionKind.COURTYARD: "庭院",
    DivisionKind.STAIRWELL: "楼道",
    DivisionKind.GROUP: "小组",
}
UNIT_KINDS = (
    DivisionKind.GRID,
    DivisionKind.ESTATE,
    DivisionKind.BUILDING,
    DivisionKind.COMPOUND,
    DivisionKind.COURTYARD,
    DivisionKind.STAIRWELL,
    DivisionKind.GROUP,
)


class ChangeKind(StrEnum):
    """How one division became another (行政区划管理条例)."""

    MERGE = "merge"
    SPLIT = "split"
    RECODE = "recode"
    RENAME = "rename"

    @property
    def label(self) -> str:
        return {"merge": "并入", "split": "划出", "recode": "换代码", "rename": "更名"}[self.value]


class ImportStatus(StrEnum):
    """Where a boundary file stands."""

    STAGED = "staged"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        return {"staged": "待确认", "applied": "已启用", "undone": "已撤回", "discarded": "已放弃"}[self.value]


@dataclass(frozen=True)
class DivisionRef:
    """One version of a division. `valid_from` None: the beginning was not looked up; `valid_to` None: still valid.

    `code` has 12 digits (16 for self-governance units). `area_id` is the scope area, None outside of the district.
    """

    id: int
    code: str
    name: str
    kind: DivisionKind
    parent_code: str
    valid_from: date | None
    valid_to: date | None
    area_id: int | None = None
    source: str = ""
    note: str = ""

    def covers(self, on: date) -> bool:
        """This function will say whether the version is valid on a day (half-open)."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    @property
    def short_code(self) -> str:
        """The code as people write it: 2, 4, 6 or 9 digits for the upper levels."""
        width = {
            DivisionKind.PROVINCE: 6,
            DivisionKind.CITY: 6,
            DivisionKind.COUNTY: 6,
            DivisionKind.STREET: 9,
        }.get(self.kind, len(self.code))
        return self.code[:width]


@dataclass(frozen=True)
class ChangeRef:
    """One change: `from_id` became (part of) `to_id` on a day. `doubt` says what was not verified."""

    id: int
    effective_date: date
    kind: ChangeKind
    from_id: int
    to_id: int
    basis: str
    doubt: str = ""


@dataclass(frozen=True)
class Resolution:
    """What a code means on a day: one division, several after a split, or (not `exact`) the nearest one above.

    `steps` are the changes passed on the way, in the order walked.
    """

    asked_code: str
    on: date
    divisions: tuple[DivisionRef, ...]
    steps: tuple[ChangeRef, ...]
    exact: bool

    @property
    def one(self) -> DivisionRef | None:
        """The division when there is exactly one answer, else None: a split needs a person to decide."""
        return self.divisions[0] if len(self.divisions) == 1 else None


@dataclass(frozen=True)
class HistoryStep:
    """One change beside a division, told with both names."""

    change: ChangeRef
    before: DivisionRef
    after: DivisionRef


@dataclass(frozen=True)
class NewUnit:
    """A self-governance unit to be added below a community (or below another unit)."""

    parent_code: str
    kind: DivisionKind
    name: str


@dataclass(frozen=True)
class StandardAddress:
    """The parts of one address as written; None where the text does not say. `rest` is what no part took."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    street: str | None = None
    community: str | None = None
    road: str | None = None
    number: str | None = None
    estate: str | None = None
    building: str | None = None
    unit: str | None = None
    room: str | None = None
    rest: str = ""


@dataclass(frozen=True)
class BoundaryProblem:
    """Something about one feature (counted from 1, None for the file): what it is and what to do."""

    feature: int | None
    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{f'第 {self.feature} 个图形：' if self.feature else ''}{self.what}{self.remedy}"


@dataclass(frozen=True)
class BoundaryRow:
    """One line of the preview: areas in square metres; `area_before` None where there is no shape yet."""

    code: str
    name: str
    area_before: int | None
    area_after: int
    schematic_before: bool

    @property
    def change_percent(self) -> float | None:
        """By how much the area grows, in percent of the present one."""
        if not self.area_before:
            return None
        return round((self.area_after - self.area_before) * 100 / self.area_before, 1)


@dataclass(frozen=True)
class BoundaryImportView:
    """A boundary file with its check, ready to show."""

    id: int
    filename: str
    level: DivisionKind
    effective_date: date
    source: str
    status: ImportStatus
    uploaded_by: str
    uploaded_at: Any
    decided_by: str
    decided_at: Any
    rows: tuple[BoundaryRow, ...]
    warnings: tuple[str, ...]

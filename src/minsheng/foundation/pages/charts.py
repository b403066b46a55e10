"""A chart and the table below it, from the same numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


class UnableToDraw(ValueError):
    """A series has another length than the axis."""


@dataclass(frozen=True)
class Series:
    """One line or row of bars; None is 未知 and leaves a gap."""

    name: str
    values: Sequence[int | float | None]


@dataclass(frozen=True)
class Chart:
    """Templates include pages/chart.html with it. `key` is unique on the page; `unit` stands on axis and table."""

    key: str
    title: str
    kind: Literal["bar", "line"]
    axis: str
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise UnableToDraw(
                    f"图“{self.title}”的“{series.name}”有 {len(series.values)} 个数，"
                    f"横轴有 {len(self.categories)} 格，要一样多。"
                )

    @property
    def data_id(self) -> str:
        return f"chart-{self.key}"

    @property
    def payload(self) -> dict[str, Any]:
        """What charts.js draws."""
        return {
            "title": self.title,
            "kind": self.kind,
            "unit": self.unit,
            "categories": list(self.categories),
            "series": [{"name": s.name, "values": list(s.values)} for s in self.series],
        }

    @property
    def payload_text(self) -> str:
        """The payload as JSON; the template escapes it like any text."""
        return json.dumps(self.payload, ensure_ascii=False)

    @property
    def rows(self) -> list[tuple[str, list[int | float | None]]]:
        """The table: one row for each category."""
        return [(c, [s.values[i] for s in self.series]) for i, c in enumerate(self.categories)]

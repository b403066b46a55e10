"""Finding data by what they are called, and how good they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.catalogue.models import Issue, Measurement
from minsheng.insight.catalogue.queries.describing import dataset, datasets, words
from minsheng.insight.catalogue.rules import acts_in
from minsheng.insight.catalogue.types import (
    Dataset,
    DatasetKind,
    Dimension,
    Expectation,
    Field,
    IssueRow,
    IssueState,
    QualityLine,
    Secrecy,
)

TREND_DAYS = 14
MOST_HITS = 200
VIEW = "catalogue.view"


@dataclass(frozen=True)
class Hit:
    """One dataset that answers, with the fields that do (all of them, when its own title answers)."""

    dataset: Dataset
    fields: tuple[Field, ...]
    issues: int


def search(
    *, viewer: Viewer, text: str = "", room: str = "", kind: str = "", secrecy: str = ""
) -> tuple[list[Hit], int]:
    """This function will find datasets and fields whose names, meanings, codes or grounds contain every word.

    Returns the hits and how many fields they hold.
    """
    require(viewer=viewer, capability=VIEW)
    asked = [word.lower() for word in text.split()]
    open_issues = _open_by_dataset()
    hits = []
    for one in datasets():
        if (room and one.room != room) or (kind and one.kind != kind):
            continue
        fields = tuple(f for f in one.fields if not secrecy or f.secrecy == secrecy)
        if asked:
            own = f"{one.code} {one.title} {one.owner} {one.basis}".lower()
            if not all(word in own for word in asked):
                fields = tuple(f for f in fields if all(word in f"{own} {_spoken(f)}" for word in asked))
        if fields:
            hits.append(Hit(one, fields, open_issues.get(one.code, 0)))
    return hits[:MOST_HITS], sum(len(hit.fields) for hit in hits)


def rooms(*, viewer: Viewer) -> list[tuple[str, str]]:
    """This function will return the rooms that have data, for the filter."""
    require(viewer=viewer, capability=VIEW)
    return sorted({(one.room, one.room_label) for one in datasets()}, key=lambda pair: pair[1])


def kinds() -> list[tuple[str, str]]:
    """This function will return the kinds of datasets, for the filter."""
    return [(kind.value, kind.label) for kind in DatasetKind]


def secrecies() -> list[tuple[str, str]]:
    """This function will return the classes of secrecy, for the filter."""
    return [(one.value, one.label) for one in Secrecy]


def dataset_page(*, viewer: Viewer, code: str) -> tuple[Dataset, list[QualityLine]] | None:
    """This function will return one dataset and how good it is, the worst first; None where there is none."""
    require(viewer=viewer, capability=VIEW)
    one = dataset(code=code)
    return None if one is None else (one, quality_of(one))


def quality_of(one: Dataset) -> list[QualityLine]:
    """This function will return the latest measurement of each side of each field, with the trend of two weeks."""
    newest = Measurement.objects.filter(dataset=one.code).order_by("-day_date").first()
    if newest is None:
        return []
    rows = Measurement.objects.filter(
        dataset=one.code, day_date__gt=newest.day_date - timedelta(days=TREND_DAYS)
    ).order_by("day_date")
    grouped: dict[tuple[str, str], list[Measurement]] = {}
    for row in rows:
        grouped.setdefault((row.field, row.dimension), []).append(row)
    meanings = {f.name: f.meaning for f in one.fields}
    wanted = {(e.field, e.dimension): e.least_permille for e in expectations_of(one)}
    lines = [
        QualityLine(
            field,
            meanings.get(field, "整个数据集"),
            Dimension(dimension),
            held[-1].looked_at,
            held[-1].failing,
            _permille(held[-1]),
            wanted.get((field, Dimension(dimension))),
            held[-1].day_date,
            tuple((row.day_date, _permille(row)) for row in held),
        )
        for (field, dimension), held in grouped.items()
    ]
    return sorted(lines, key=lambda line: (line.good, line.least_permille is None, line.permille or 0, line.field))


def expectations_of(one: Dataset) -> list[Expectation]:
    """This function will return what is expected of a dataset: its own lines, and for facts the line of each."""
    found = []
    said = words("expectations")
    for field, sides in said.get(one.code, {}).items():
        found += [
            Expectation(one.code, "" if field == "*" else field, Dimension(side), least, why)
            for side, (least, why) in sides.items()
        ]
    if one.kind is DatasetKind.FACTS:
        found += [
            Expectation(one.code, field.name, Dimension(side), least, why)
            for field in one.fields
            for side, (least, why) in said["facts"]["each"].items()
        ]
    if one.kind is DatasetKind.TABLE and one.fresh_days is not None:
        why = f"{said['fresh_days'][one.code][1]}（最多 {one.fresh_days} 天）"
        found.append(Expectation(one.code, "", Dimension.TIMELINESS, 1000, why))
    return found


def issues(*, viewer: Viewer, with_closed: bool = False) -> list[IssueRow]:
    """This function will list data issues, those nobody has taken first."""
    require(viewer=viewer, capability=VIEW)
    rows = Issue.objects.all() if with_closed else Issue.objects.exclude(state=IssueState.CLOSED)
    may = viewer.can("catalogue.answer")
    order = list(IssueState)
    found = []
    for row in rows.order_by("opened_day", "id"):
        one, state = dataset(code=row.dataset), IssueState(row.state)
        meaning = next((f.meaning for f in one.fields if f.name == row.field), "整个数据集") if one else row.field
        found.append(
            IssueRow(
                row.pk,
                row.dataset,
                one.title if one else row.dataset,
                row.field,
                meaning,
                Dimension(row.dimension),
                one.owner if one else "",
                state,
                row.opened_day,
                row.permille,
                row.least_permille,
                row.why,
                row.answer,
                row.handler_name,
                acts_in(state) if may else (),
                row.changed_at,
            )
        )
    return sorted(found, key=lambda row: order.index(row.state))


def _open_by_dataset() -> dict[str, int]:
    counted: dict[str, int] = {}
    for code in Issue.objects.exclude(state=IssueState.CLOSED).values_list("dataset", flat=True):
        counted[code] = counted.get(code, 0) + 1
    return counted


def _permille(row: Measurement) -> int | None:
    return (row.looked_at - row.failing) * 1000 // row.looked_at if row.looked_at else None


def _spoken(field: Field) -> str:
    return f"{field.name} {field.meaning} {field.unit} {field.source} {_words(field.codes)}".lower()


def _words(codes: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"{code} {label}" for code, label in codes)

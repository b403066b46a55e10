from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.publishing.figures import Figure, band_labels, said, typed, unit_word
from minsheng.work.eligibility.publishing.models import Version
from minsheng.work.eligibility.publishing.types import Status
from rulebook import Number, Scheme
from rulebook.units import Base


@dataclass(frozen=True)
class PublishedBy:
    """Where a version that is not in the files comes from: which publication, who drafted and signed it, and when."""

    publication_id: int
    title: str
    author: str
    signed_by: str
    signed_at: datetime
    reason: str


@dataclass(frozen=True)
class VersionLine:
    """One dated version of a figure or table; `published` is None for one that stands in the files."""

    from_date: date
    shown: str
    rows: tuple[tuple[str, str], ...]
    basis: str
    doubt: str | None
    in_force: bool
    published: PublishedBy | None


@dataclass(frozen=True)
class FigureLine:
    """One figure or table of the law with all its versions."""

    name: str
    label: str
    scheme: str
    scheme_title: str
    unit: str
    is_table: bool
    versions: tuple[VersionLine, ...]

    @property
    def current(self) -> VersionLine:
        return next((v for v in self.versions if v.in_force), self.versions[0])


@dataclass(frozen=True)
class FigureForm:
    """What the form of a new version needs: the label, the unit, and the value that holds now, as it is typed."""

    name: str
    label: str
    unit: str
    key_unit: str
    is_table: bool
    by_code: bool
    value: str
    rows: tuple[tuple[str, str, str], ...]  # label, edge, value
    basis: str


def figures(
    *, viewer: Viewer, on_date: date, search: str = "", scheme: str = "", doubtful: bool = False
) -> list[FigureLine]:
    """This function will list every figure and table of every scheme as it stands on a day, with all versions."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    present = book()
    sources = sources_of()
    lines = [
        _line(target, owner, on_date, sources)
        for owner in (present.shared, *sorted(present.schemes.values(), key=lambda s: (s.order, s.code)))
        if not scheme or owner.code == scheme
        for target in _dated(owner)
    ]
    word = search.strip()
    return [
        line
        for line in lines
        if (not word or word in line.label or word in line.scheme_title or any(word in v.basis for v in line.versions))
        and (not doubtful or line.current.doubt)
    ]


def figure_form(*, viewer: Viewer, name: str, on_date: date) -> FigureForm | None:
    """This function will describe one figure for the form of a new version; None when there is no such figure."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    target: Figure | None = book().numbers.get(name) or book().tables.get(name)
    if target is None:
        return None
    basis = target.on(on_date).basis
    if isinstance(target, Number):
        value = typed(target.on(on_date).value, target.unit)
        return FigureForm(name, target.label, unit_word(target.unit), "", False, False, value, (), basis)
    version = target.on(on_date)
    by_code = target.key.base is Base.CODE
    edges = [""] * len(version.values) if by_code else [str(edge) for edge in version.edges]
    values = [typed(value, target.unit) for value in version.values]
    key_unit = unit_word(target.key.unit) if target.key.unit is not None and not by_code else ""
    rows = tuple(zip(band_labels(target, version.edges), edges, values, strict=True))
    return FigureForm(name, target.label, unit_word(target.unit), key_unit, True, by_code, "", rows, basis)


def sources_of(names: Iterable[str] | None = None) -> dict[tuple[str, date], PublishedBy]:
    """This function will say which versions were published over the files; of one day the last one signed holds."""
    rows = Version.objects.filter(publication__status=Status.PUBLISHED.value).select_related("publication")
    if names is not None:
        rows = rows.filter(name__in=list(names))
    found = list(rows.order_by("publication__sequence"))
    people = accounts.display_names(
        account_ids={n for v in found for n in (v.publication.author_id, v.publication.signed_by_id) if n}
    )
    made = {}
    for row in found:
        held = row.publication
        assert held.signed_by_id is not None  # of published rows, by constraint
        assert held.signed_at is not None
        made[row.name, held.in_force_date] = PublishedBy(
            held.pk,
            held.title,
            people.get(held.author_id, ""),
            people.get(held.signed_by_id, ""),
            held.signed_at,
            held.reason,
        )
    return made


def _line(target: Figure, owner: Scheme, on_date: date, sources: dict[tuple[str, date], PublishedBy]) -> FigureLine:
    current = target.on(on_date)
    versions = []
    for version in target.versions:
        rows: tuple[tuple[str, str], ...] = ()
        if isinstance(target, Number):
            shown = said(getattr(version, "value", 0), target.unit)
        else:
            values = tuple(getattr(version, "values", ()))
            labels = band_labels(target, tuple(getattr(version, "edges", ())))
            rows = tuple((label, said(value, target.unit)) for label, value in zip(labels, values, strict=True))
            shown = f"{len(rows)} 档"
        versions.append(
            VersionLine(
                version.from_date,
                shown,
                rows,
                version.basis,
                version.doubt,
                version is current,
                sources.get((target.name, version.from_date)),
            )
        )
    return FigureLine(
        target.name,
        target.label,
        owner.code,
        owner.title,
        unit_word(target.unit),
        not isinstance(target, Number),
        tuple(versions),
    )


def _dated(owner: Scheme) -> list[Figure]:
    return [*owner.numbers.values(), *owner.tables.values()]

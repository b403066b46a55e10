from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from minsheng.records.places.models import Division, DivisionChange
from minsheng.records.places.rules import KnownNames, full_code, trace
from minsheng.records.places.rules import parse_address as take_apart
from minsheng.records.places.types import (
    ChangeKind,
    ChangeRef,
    DivisionKind,
    DivisionRef,
    HistoryStep,
    Resolution,
    StandardAddress,
)

UPPER_KINDS = (DivisionKind.PROVINCE, DivisionKind.CITY, DivisionKind.COUNTY, DivisionKind.STREET)
_ORDER = ("code", "valid_from")


class UnableToResolve(LookupError):
    """No division ever had this code in our tables: says what to check."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            f"没有代码为 {code} 的区划。请核对代码；外省的区划和2020年以前撤销的区划没有收录，可以只写地址文字。"
        )


def _in_force(on: date) -> Q:
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def ref_of(row: Division) -> DivisionRef:
    """This function will turn a row into what crosses the walls."""
    return DivisionRef(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=DivisionKind(row.kind),
        parent_code=row.parent_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        area_id=row.area_id,
        source=row.source,
        note=row.note,
    )


def change_of(row: DivisionChange) -> ChangeRef:
    """This function will turn a row into what crosses the walls."""
    return ChangeRef(
        row.id, row.effective_date, ChangeKind(row.kind), row.before_id, row.after_id, row.basis, row.doubt
    )


class _Stored:
    """The lineage read step by step from the database: one or two small reads per step, for a single question."""

    def versions(self, code: str) -> Sequence[DivisionRef]:
        rows = [ref_of(row) for row in Division.objects.filter(code=code)]
        return sorted(rows, key=lambda d: d.valid_from or date.min)

    def onward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        rows = DivisionChange.objects.filter(before_id=version_id).select_related("after").order_by("id")
        return [(change_of(row), ref_of(row.after)) for row in rows]

    def backward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        rows = DivisionChange.objects.filter(after_id=version_id).select_related("before").order_by("id")
        return [(change_of(row), ref_of(row.before)) for row in rows]


@dataclass(frozen=True)
class Register:
    """All divisions down to the community and all changes in memory (about 1,000 rows), for many questions at once."""

    by_code: dict[str, list[DivisionRef]]
    after: dict[int, list[tuple[ChangeRef, DivisionRef]]] = field(default_factory=dict)
    before: dict[int, list[tuple[ChangeRef, DivisionRef]]] = field(default_factory=dict)

    def versions(self, code: str) -> Sequence[DivisionRef]:
        return self.by_code.get(code, [])

    def onward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        return self.after.get(version_id, [])

    def backward(self, version_id: int) -> Sequence[tuple[ChangeRef, DivisionRef]]:
        return self.before.get(version_id, [])

    def resolve(self, *, code: str, on: date, as_of: date | None = None) -> Resolution:
        """This function will answer as `queries.resolve` does, without asking the database."""
        found = trace(code=full_code(code), on=on, lineage=self, as_of=as_of)
        if found is None:
            raise UnableToResolve(code)
        return found


def register() -> Register:
    """This function will load the register: two reads. Keep it for one request or one import, not longer."""
    divisions = {row.id: ref_of(row) for row in Division.objects.filter(kind__in=[*UPPER_KINDS, "community"])}
    by_code: dict[str, list[DivisionRef]] = {}
    for one in sorted(divisions.values(), key=lambda d: d.valid_from or date.min):
        by_code.setdefault(one.code, []).append(one)
    loaded = Register(by_code)
    for row in DivisionChange.objects.order_by("id"):
        if row.before_id in divisions and row.after_id in divisions:
            change = change_of(row)
            loaded.after.setdefault(row.before_id, []).append((change, divisions[row.after_id]))
            loaded.before.setdefault(row.after_id, []).append((change, divisions[row.before_id]))
    return loaded


def resolve(*, code: str, on: date, as_of: date | None = None) -> Resolution:
    """This function will say what a division code means on a day, in both directions and through chains.

    A code of 6, 9, 12 (or 16) digits. An abolished code asked for a later day gives its successors (two after a
    split); a present code asked for an earlier day gives what it was. `as_of` fixes the day on which the code is
    meant: resolve(code="330102", on=2016-01-01, as_of=today) is 上城区 and 江干区 of then. Where no record goes back
    far enough, the nearest level above answers and `exact` is False. Raises UnableToResolve, UnableToReadCode.
    """
    found = trace(code=full_code(code), on=on, lineage=_Stored(), as_of=as_of)
    if found is None:
        raise UnableToResolve(code)
    return found


def versions_of(*, code: str) -> list[DivisionRef]:
    """This function will return every version of a code, oldest first; empty when there is none."""
    return list(_Stored().versions(full_code(code)))


def division_by_id(*, division_id: int) -> DivisionRef | None:
    """This function will return one version of a division."""
    row = Division.objects.filter(id=division_id).first()
    return ref_of(row) if row else None


def children(*, code: str, on: date) -> list[DivisionRef]:
    """This function will return the divisions and units directly below a code on a day, by code."""
    return _refs(Division.objects.filter(_in_force(on), parent_code=full_code(code)))


def divisions_of_kind(*, kind: DivisionKind, on: date, within: str = "") -> list[DivisionRef]:
    """This function will return all divisions of one level valid on a day, inside a code (by its digits) if given."""
    rows = Division.objects.filter(_in_force(on), kind=kind.value)
    return _refs(rows.filter(code__startswith=full_code(within).rstrip("0")) if within else rows)


def district_on(*, on: date) -> DivisionRef | None:
    """This function will return this installation's district (settings DISTRICT_CODE) as it was on a day."""
    row = Division.objects.filter(_in_force(on), code=settings.DISTRICT_CODE).first()
    return ref_of(row) if row else None


def breadcrumbs(*, code: str, on: date) -> list[DivisionRef]:
    """This function will return the chain from the province to the division on a day; empty if it was not valid."""
    chain: list[DivisionRef] = []
    wanted = full_code(code)
    while wanted:
        row = Division.objects.filter(_in_force(on), code=wanted).first()
        if row is None:
            break
        chain.append(ref_of(row))
        wanted = row.parent_code
    return chain[::-1]


def search_division(*, text: str, on: date | None = None, limit: int = 20) -> list[DivisionRef]:
    """This function will find divisions by part of a name, pinyin, initials or code; of one day, or of all times."""
    words = text.strip().lower()
    if not words:
        return []
    rows = Division.objects.filter(code__startswith=words) if words.isdigit() else Division.objects.all()
    if not words.isdigit():
        rows = rows.filter(search_text__contains=words)
    if on is not None:
        rows = rows.filter(_in_force(on))
    found = [ref_of(row) for row in rows.order_by(*_ORDER)[: limit * 5]]
    levels = list(DivisionKind)
    found.sort(
        key=lambda d: (d.valid_to is not None, not d.name.startswith(text.strip()), levels.index(d.kind), d.code)
    )
    return found[:limit]


def history(*, division_id: int) -> tuple[list[HistoryStep], list[HistoryStep]]:
    """This function will return (what came before, what came after) a version, through chains, nearest first."""
    origin = division_by_id(division_id=division_id)
    if origin is None:
        return [], []
    lineage = _Stored()

    def follow(version: DivisionRef, back: bool, seen: set[int]) -> list[HistoryStep]:
        found = []
        for change, other in lineage.backward(version.id) if back else lineage.onward(version.id):
            if change.id in seen:
                continue
            seen.add(change.id)
            found.append(HistoryStep(change, other, version) if back else HistoryStep(change, version, other))
            found += follow(other, back, seen)
        return found

    return follow(origin, True, set()), follow(origin, False, set())


def changes_on(*, day: date, kinds: Sequence[DivisionKind] = (DivisionKind.COUNTY,)) -> list[HistoryStep]:
    """This function will return the changes of one day between divisions of these levels."""
    # Two plain reads instead of a triple join: on freshly loaded tables without statistics the join took 20 s.
    changes = list(DivisionChange.objects.filter(effective_date=day))
    ids = {number for change in changes for number in (change.before_id, change.after_id)}
    found = Division.objects.in_bulk(ids)
    wanted = {kind.value for kind in kinds}
    steps = [
        HistoryStep(change_of(change), ref_of(found[change.before_id]), ref_of(found[change.after_id]))
        for change in changes
        if found[change.before_id].kind in wanted
    ]
    return sorted(steps, key=lambda step: (step.after.code, step.before.code))


def area_ids_by_code(*, include_former: bool = False) -> dict[str, int]:
    """This function will return the scope area of each district, street and community code (12 digits) of today.

    With `include_former` also the abolished codes that have exactly one successor in the district.
    """
    levels = ("county", "street", "community")
    rows = Division.objects.filter(area__isnull=False, valid_to__isnull=True, kind__in=levels)
    found = {row.code: row.area_id for row in rows}
    if include_former:
        former: dict[str, set[int | None]] = {}
        changes = list(DivisionChange.objects.all())
        ends = Division.objects.in_bulk({number for c in changes for number in (c.before_id, c.after_id)})
        for change in changes:
            before, after = ends[change.before_id], ends[change.after_id]
            if before.code not in found:
                former.setdefault(before.code, set()).add(after.area_id)
        for code, areas in former.items():
            area = next(iter(areas))
            if len(areas) == 1 and area is not None:
                found[code] = area
    return found


def known_names(*, on: date | None = None) -> KnownNames:
    """This function will return the names that addresses of this district use, former ones included without `on`."""
    rows = Division.objects.filter(_in_force(on)) if on else Division.objects.all()
    names: dict[str, set[str]] = {}
    for kind, name in rows.filter(kind__in=["county", "street", "community"]).values_list("kind", "name"):
        names.setdefault(kind, set()).add(name)
    return KnownNames(
        frozenset(names.get("county", ())), frozenset(names.get("street", ())), frozenset(names.get("community", ()))
    )


def parse_address(*, text: str) -> StandardAddress:
    """This function will take an address apart, recognising the names of the divisions that we know."""
    return take_apart(text, known_names())


def _refs(rows: "QuerySet[Division]") -> list[DivisionRef]:
    return [ref_of(row) for row in rows.order_by(*_ORDER)]

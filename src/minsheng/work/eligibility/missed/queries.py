"""What may be asked about who is missed; every query takes a viewer, and the database shows only the viewer's areas."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef, require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.paging import keyset_page
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.missed.asking import way_of_input, ways_on
from minsheng.work.eligibility.missed.counting import Counted, count_cells
from minsheng.work.eligibility.missed.models import Reason, Snapshot
from minsheng.work.eligibility.missed.rules import LEFT_IN_PEACE, cheapest, without_small_cells
from minsheng.work.eligibility.missed.types import Question, ReasonLine, Take, Way, WhyNot
from minsheng.work.eligibility.models import Finding
from minsheng.work.eligibility.operations.evaluation import offers
from minsheng.work.eligibility.queries.findings import area_ids_within
from minsheng.work.eligibility.rules import first_of_month
from minsheng.work.eligibility.types import FindingKind

CAPABILITY = "eligibility.view_findings"
NONE_YET = "none"
DESK, PHONE = "desk", "phone"  # ways of policies/asking.yaml


@dataclass(frozen=True)
class MissedFilter:
    """What the report and its list are narrowed to; every field stands in the address of the page."""

    scheme: str = ""
    area: str = ""
    why: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> "MissedFilter":
        """This function will read a filter from address parameters; what it does not know it leaves out."""
        scheme, area, why = values.get("scheme", ""), values.get("area", ""), values.get("why", "")
        return cls(
            scheme if scheme in book().schemes else "",
            area if area.isascii() and area.isdigit() else "",
            why if why in {*WhyNot, NONE_YET} else "",
        )

    def query(self, **changes: str) -> str:
        """This function will write the filter as address parameters, with some of them changed."""
        changed = {"scheme": self.scheme, "area": self.area, "why": self.why} | changes
        return urlencode({name: value for name, value in changed.items() if value})


@dataclass(frozen=True)
class Report:
    """The report of the running month for what the viewer sees: by scheme, by community, and the questions to ask."""

    month: date
    total: Take
    by_scheme: tuple[Take, ...]
    by_area: tuple[Take, ...]
    questions: tuple[Question, ...]
    ways: tuple[Way, ...]
    hides_small: bool


@dataclass(frozen=True)
class MonthLine:
    """One kept month."""

    month: date
    entitled: int | None
    receiving: int | None
    missed: int | None

    @property
    def rate_permille(self) -> int | None:
        return self.receiving * 1000 // self.entitled if self.entitled and self.receiving is not None else None


@dataclass(frozen=True)
class MissedLine:
    """Somebody entitled who does not receive, with the last reason that was found out."""

    finding_id: int
    scheme: str
    household_id: int
    person_id: int | None
    subject_name: str
    place: str
    amount_fen: int | None
    since: date
    why: WhyNot | None
    note: str
    noted_date: date | None


@dataclass(frozen=True)
class MissedPage:
    """One page of the list with the tokens of its neighbours, and how many there are."""

    rows: tuple[MissedLine, ...]
    count: int
    next_token: str | None
    previous_token: str | None


def report(*, viewer: Viewer, chosen: MissedFilter, on_date: date) -> Report:
    """This function will count who is entitled, who of them receives and who is missed, within the viewer's areas.

    Whoever may not open a person's record does not see counts that are small enough to single one out.
    """
    require(viewer=viewer, capability=CAPABILITY)
    month = first_of_month(on_date)
    areas = areas_inside(viewer=viewer)
    inside = set(area_ids_within(areas, chosen.area)) if chosen.area else {area.id for area in areas}
    cells = {
        (scheme, area): cell
        for (scheme, area), cell in count_cells(first=month, following=following(month), offers=offers()).items()
        if area in inside and (not chosen.scheme or scheme == chosen.scheme)
    }
    hides = not viewer.can("registry.view_person")
    titles = {code: scheme.title for code, scheme in book().schemes.items()}
    schemes: dict[str, Counted] = defaultdict(Counted)
    communities: dict[str, Counted] = defaultdict(Counted)
    places = _places(areas, chosen.area)
    for (scheme, area), cell in cells.items():
        schemes[scheme].add(cell)
        communities[places[area][0]].add(cell)
    names = dict(places.values())
    by_scheme = _lines({code: schemes[code] for code in titles if code in schemes}, titles, hides)
    by_area = _lines(communities, names, hides)
    return Report(
        month,
        _total(by_scheme),
        by_scheme,
        by_area,
        _questions(viewer, chosen, inside, on_date),
        tuple(ways_on(on_date).values()),
        hides,
    )


def up_to(by_id: Mapping[int, AreaRef], area: AreaRef, depth: int) -> AreaRef:
    """This function will return the area itself, or the one at this depth that it lies in."""
    while area.depth > depth and area.parent_id is not None and area.parent_id in by_id:
        area = by_id[area.parent_id]
    return area


def months(*, viewer: Viewer, chosen: MissedFilter) -> list[MonthLine]:
    """This function will return the kept months of the viewer's areas, the oldest first."""
    require(viewer=viewer, capability=CAPABILITY)
    rows = Snapshot.objects.all()
    if chosen.scheme:
        rows = rows.filter(scheme=chosen.scheme)
    if chosen.area:
        rows = rows.filter(area_id__in=area_ids_within(areas_inside(viewer=viewer), chosen.area))
    sums = (
        rows.values("month")
        .annotate(entitled=Sum("entitled"), receiving=Sum("receiving"), missed=Sum("missed"))
        .order_by("month")
    )
    lines = []
    for row in list(sums)[-24:]:
        take = Take("", "", row["entitled"], row["receiving"], row["missed"], 0, 0, {})
        shown = take if viewer.can("registry.view_person") else without_small_cells(take)
        lines.append(MonthLine(row["month"], shown.entitled, shown.receiving, shown.missed))
    return lines


def missed_page(*, viewer: Viewer, chosen: MissedFilter, token: str | None = None, size: int = 30) -> MissedPage:
    """This function will return one page of who is missed, the largest amount first."""
    rows = _missed(viewer, chosen)
    page = keyset_page(rows, order=("-amount_fen", "id"), token=token, size=size)
    return MissedPage(_shown(viewer, page.rows), rows.count(), page.next_token, page.previous_token)


def missed_lines(*, viewer: Viewer, chosen: MissedFilter, limit: int) -> tuple[MissedLine, ...]:
    """This function will return the first rows of the list, for an export."""
    return _shown(viewer, _missed(viewer, chosen).order_by("-amount_fen", "id")[:limit])


def missed_line(*, viewer: Viewer, finding_id: int) -> tuple[MissedLine, tuple[ReasonLine, ...]] | None:
    """This function will return one open finding with every reason noted so far; None for a stranger."""
    rows = _missed(viewer, MissedFilter()).filter(id=finding_id)
    found = _shown(viewer, rows)
    if not found:
        return None
    line = found[0]
    noted = list(
        Reason.objects.filter(scheme=line.scheme, household_id=line.household_id, person_id=line.person_id).order_by(
            "-id"
        )
    )
    people = accounts.display_names(account_ids={row.noted_by_id for row in noted})
    told = tuple(
        ReasonLine(WhyNot(r.why), r.note, r.noted_date, people.get(r.noted_by_id, ""), r.noted_at) for r in noted
    )
    return line, told


@dataclass(frozen=True)
class FindingToAsk:
    """An open finding that a call or a visit would settle, with the cheapest question."""

    finding_id: int
    kind: FindingKind
    scheme: str
    title: str
    area_id: int
    household_id: int
    person_id: int | None
    subject_name: str
    question: str
    way: str


def findings_to_ask(*, viewer: Viewer, on_date: date) -> list[FindingToAsk]:
    """This function will return who is missed or one datum away and can be asked, the oldest finding first.

    Whoever said no is left in peace for a while, and whoever applied already is not asked whether to apply. What the
    cheapest question settles by looking into another department's data is asked at the desk, of nobody.
    """
    require(viewer=viewer, capability=CAPABILITY)
    ways, way_of = ways_on(on_date), way_of_input()
    dearest = list(ways)[-1]
    kinds = (FindingKind.ENTITLED_NOT_RECEIVING, FindingKind.ONE_DATUM_MISSING)
    found = []
    settled = _not_to_ask(on_date)
    for row in Finding.objects.filter(kind__in=[k.value for k in kinds], closed_at__isnull=True).order_by("id"):
        if (row.scheme, row.household_id, row.person_id) in settled:
            continue
        kind, title = FindingKind(row.kind), book().schemes[row.scheme].title
        question, way = f"告诉本人可以享受{title}，问要不要申请。", PHONE
        if kind is FindingKind.ONE_DATUM_MISSING:
            asked = {datum["input"]: str(datum["question"]) for datum in row.missing}
            if not asked:
                continue
            name, chosen = cheapest(asked, ways=ways, way_of=way_of, dearest=dearest)
            question, way = asked[name], chosen.code
        if way != DESK:
            found.append(
                FindingToAsk(
                    row.pk, kind, row.scheme, title, row.area_id, row.household_id, row.person_id, row.subject_name,
                    question, way,
                )
            )  # fmt: skip
    return found


def _not_to_ask(on_date: date) -> set[tuple[str, int, int | None]]:
    rows = Reason.objects.filter(noted_date__gt=on_date - LEFT_IN_PEACE).order_by("id")
    last = {(scheme, household, person): why for scheme, household, person, why in rows.values_list(
        "scheme", "household_id", "person_id", "why"
    )}  # fmt: skip
    return {key for key, why in last.items() if why in (WhyNot.REFUSED, WhyNot.IN_PROGRESS)}


def _missed(viewer: Viewer, chosen: MissedFilter) -> QuerySet[Finding]:
    require(viewer=viewer, capability=CAPABILITY)
    # A household's benefit has no person: nothing equals nothing here, which SQL's = does not say.
    same = Q(person_id=OuterRef("person_id")) | Q(person_id__isnull=True)
    last = Reason.objects.filter(same, household_id=OuterRef("household_id"), scheme=OuterRef("scheme")).order_by("-id")
    rows = Finding.objects.filter(kind=FindingKind.ENTITLED_NOT_RECEIVING.value, closed_at__isnull=True).annotate(
        last_reason=Subquery(last.values("id")[:1]), last_why=Subquery(last.values("why")[:1])
    )
    if chosen.scheme:
        rows = rows.filter(scheme=chosen.scheme)
    if chosen.area:
        rows = rows.filter(area_id__in=area_ids_within(areas_inside(viewer=viewer), chosen.area))
    if chosen.why == NONE_YET:
        rows = rows.filter(last_why__isnull=True)
    elif chosen.why:
        rows = rows.filter(last_why=chosen.why)
    return rows


def _shown(viewer: Viewer, rows: Iterable[Finding]) -> tuple[MissedLine, ...]:
    rows = list(rows)
    names = {area.id: area.name for area in areas_inside(viewer=viewer)}
    noted = Reason.objects.in_bulk([n for row in rows if (n := getattr(row, "last_reason", None)) is not None])
    lines = []
    for row in rows:
        reason = noted.get(getattr(row, "last_reason", None) or 0)
        lines.append(
            MissedLine(
                row.pk,
                row.scheme,
                row.household_id,
                row.person_id,
                row.subject_name,
                names.get(row.area_id, ""),
                row.amount_fen,
                row.found_at.astimezone(BUSINESS_ZONE).date(),
                WhyNot(reason.why) if reason else None,
                reason.note if reason else "",
                reason.noted_date if reason else None,
            )
        )
    return tuple(lines)


def _questions(viewer: Viewer, chosen: MissedFilter, inside: set[int], on_date: date) -> tuple[Question, ...]:
    """People one datum away, each by the cheapest of the data that settle the answer alone."""
    ways, way_of = ways_on(on_date), way_of_input()
    dearest = list(ways)[-1]
    rows = Finding.objects.filter(kind=FindingKind.ONE_DATUM_MISSING.value, closed_at__isnull=True, area_id__in=inside)
    if chosen.scheme:
        rows = rows.filter(scheme=chosen.scheme)
    counts: Counter[str] = Counter()
    for missing in rows.values_list("missing", flat=True).iterator(5_000):
        names = [datum["input"] for datum in missing]
        if names:
            counts[cheapest(names, ways=ways, way_of=way_of, dearest=dearest)[0]] += 1
    inputs = book().inputs
    found = []
    for name, people in counts.items():
        way = ways[way_of.get(name, dearest)]
        made = inputs.get(name)
        found.append(
            Question(
                name,
                made.label if made else name,
                made.question if made else "",
                way.code,
                way.label,
                way.cost_fen,
                people,
                way.doubt,
            )
        )
    return tuple(sorted(found, key=lambda q: (q.cost_fen, -q.people, q.input)))


def _places(areas: list[AreaRef], chosen: str) -> dict[int, tuple[str, str]]:
    """Each area's line in the report: its community, or its street while the whole district is looked at."""
    by_id = {area.id: area for area in areas}
    depth = 2 if chosen or sum(area.depth == 1 for area in areas) <= 1 else 1
    made = {}
    for area in areas:
        shown = up_to(by_id, area, depth)
        made[area.id] = (shown.code, shown.name)
    return made


def _lines(counted: Mapping[str, Counted], labels: Mapping[str, str], hides: bool) -> tuple[Take, ...]:
    lines = []
    for key, cell in counted.items():
        line = Take(
            key,
            labels.get(key, key),
            cell.entitled,
            cell.receiving,
            cell.missed,
            cell.one_datum,
            cell.missed_fen,
            {why.value: cell.reasons[why.value] for why in WhyNot if cell.reasons[why.value]},
        )
        lines.append(without_small_cells(line) if hides else line)
    return tuple(sorted(lines, key=lambda line: (-(line.missed or 0), line.key)))


def _total(lines: tuple[Take, ...]) -> Take:
    """The sum of what is shown, so that no hidden count can be found by subtraction."""
    reasons: Counter[str] = Counter()
    for line in lines:
        reasons.update(line.reasons)
    return Take(
        "",
        "合计",
        sum(line.entitled or 0 for line in lines),
        sum(line.receiving or 0 for line in lines),
        sum(line.missed or 0 for line in lines),
        sum(line.one_datum or 0 for line in lines),
        None,
        dict(reasons),
    )


def following(month: date) -> date:
    """This function will return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.publishing.figures import band_labels, change_words, is_far_off, said
from minsheng.work.eligibility.publishing.models import Budget, Publication, Version
from minsheng.work.eligibility.publishing.rules import acts_open_to, first_month_in_force, outlook
from minsheng.work.eligibility.publishing.types import Act, Effect, Outlook, SchemeCost, Status
from rulebook import Number
from rulebook.units import Period

RIGHTS = {
    Act.SIGN: "eligibility.sign_policy",
    Act.RETURN: "eligibility.sign_policy",
}


@dataclass(frozen=True)
class PublicationLine:
    """One publication in the list."""

    id: int
    title: str
    status: Status
    in_force_date: date
    author: str
    signed_by: str
    drafted_at: datetime
    sequence: int | None


@dataclass(frozen=True)
class ChangedFigure:
    """One figure of a publication beside what holds without it; `rows` of a table: label, before, after."""

    name: str
    label: str
    scheme: str
    scheme_title: str
    before: str
    after: str
    rows: tuple[tuple[str, str, str], ...]
    basis: str
    doubt: str
    change: str = ""
    far_off: bool = False


@dataclass(frozen=True)
class CostLine:
    """One scheme's cost before and after, and what is left of the year's budget."""

    title: str
    period: str
    cost: SchemeCost
    outlook: Outlook

    @property
    def difference_fen(self) -> int:
        return self.cost.after_fen - self.cost.before_fen

    @property
    def told(self) -> str:
        """For how many what changes: 新增享受 2，金额增加 38; nothing where it changes for nobody."""
        counts = self.cost.effects
        return "，".join(f"{effect.label} {counts[effect]:,}" for effect in Effect if counts.get(effect))


@dataclass(frozen=True)
class PublicationPage:
    """Everything that the page of one publication shows."""

    line: PublicationLine
    reason: str
    backdating_basis: str
    figures: tuple[ChangedFigure, ...]
    acts: tuple[Act, ...]
    first_month: date
    examples: dict[str, object]
    examples_note: str
    costs: tuple[CostLine, ...]
    trial_month: date | None
    trial_households: int
    trial_persons: int
    trial_run_id: UUID | None
    tried_at: datetime | None
    returned_by: str
    returned_at: datetime | None
    return_reason: str
    signed_at: datetime | None
    submitted_at: datetime | None
    takes_back: int | None
    taken_back_by: int | None
    law_version: str

    @property
    def changed_costs(self) -> list[CostLine]:
        """The schemes for which something changes, those that cost or save most first."""
        return sorted((line for line in self.costs if line.told), key=lambda line: -abs(line.difference_fen))

    @property
    def unchanged(self) -> list[str]:
        return [line.title for line in self.costs if not line.told]

    @property
    def totals(self) -> list[tuple[str, int]]:
        """What it costs more in all, in fen, for each period of payment: monthly money and money paid once differ."""
        sums: dict[str, int] = {}
        for line in self.changed_costs:
            if line.period:
                sums[line.period] = sums.get(line.period, 0) + line.difference_fen
        return list(sums.items())


@dataclass(frozen=True)
class BudgetLine:
    """The budget of one scheme in one year as it was entered last; None where nobody has."""

    scheme: str
    title: str
    amount_fen: int | None
    spent_fen: int | None
    spent_until: date | None
    source: str
    entered_by: str
    entered_at: datetime | None


def publications(*, viewer: Viewer) -> list[PublicationLine]:
    """This function will list all publications, the newest first."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    rows = list(Publication.objects.order_by("-drafted_at", "-id")[:200])
    return _lines(rows)


def open_drafts(*, viewer: Viewer) -> list[PublicationLine]:
    """This function will list the viewer's own drafts that still take another figure."""
    open_to = (Status.DRAFTED.value, Status.CHECKED.value, Status.TRIED.value, Status.RETURNED.value)
    return _lines(list(Publication.objects.filter(author_id=viewer.account_id, status__in=open_to).order_by("-id")))


def publication(*, viewer: Viewer, publication_id: int) -> PublicationPage | None:
    """This function will describe one publication and what this viewer may do with it; None if there is none."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    row = Publication.objects.filter(id=publication_id).first()
    if row is None:
        return None
    line = _lines([row])[0]
    returned_by = accounts.display_names(account_ids={row.returned_by_id}) if row.returned_by_id else {}
    acts = tuple(
        act
        for act in acts_open_to(status=line.status, author_id=row.author_id, actor_id=viewer.account_id)
        if viewer.can(RIGHTS.get(act, "eligibility.draft_policy"))
    )
    undone = Publication.objects.filter(takes_back=row).exclude(status=Status.WITHDRAWN.value).order_by("-id").first()
    return PublicationPage(
        line=line,
        reason=row.reason,
        backdating_basis=row.backdating_basis,
        figures=tuple(_changed(version, row) for version in row.versions.order_by("name")),
        acts=acts,
        first_month=first_month_in_force(row.in_force_date),
        examples=row.examples,
        examples_note=row.examples_note,
        costs=tuple(_costs(row)),
        trial_month=date.fromisoformat(row.trial["month"]) if row.trial else None,
        trial_households=row.trial.get("households", 0),
        trial_persons=row.trial.get("persons", 0),
        trial_run_id=row.trial_run_id,
        tried_at=row.tried_at,
        returned_by=returned_by.get(row.returned_by_id or 0, ""),
        returned_at=row.returned_at,
        return_reason=row.return_reason,
        signed_at=row.signed_at,
        submitted_at=row.submitted_at,
        takes_back=row.takes_back_id,
        taken_back_by=undone.pk if undone else None,
        law_version=row.law_version,
    )


def budgets(*, viewer: Viewer, year: int) -> list[BudgetLine]:
    """This function will list the budget of every scheme for a year, as it was entered last."""
    require(viewer=viewer, capability="eligibility.view_schemes")
    last = {row.scheme: row for row in Budget.objects.filter(year=year).order_by("id")}
    people = accounts.display_names(account_ids={row.entered_by_id for row in last.values()})
    lines = []
    for scheme in sorted(book().schemes.values(), key=lambda s: (s.order, s.code)):
        row = last.get(scheme.code)
        lines.append(
            BudgetLine(scheme.code, scheme.title, None, None, None, "", "", None)
            if row is None
            else BudgetLine(
                scheme.code,
                scheme.title,
                row.amount_fen,
                row.spent_fen,
                row.spent_until,
                row.source,
                people.get(row.entered_by_id, ""),
                row.entered_at,
            )
        )
    return lines


def _lines(rows: list[Publication]) -> list[PublicationLine]:
    people = accounts.display_names(account_ids={n for r in rows for n in (r.author_id, r.signed_by_id) if n})
    return [
        PublicationLine(
            row.pk,
            row.title,
            Status(row.status),
            row.in_force_date,
            people.get(row.author_id, ""),
            people.get(row.signed_by_id or 0, ""),
            row.drafted_at,
            row.sequence,
        )
        for row in rows
    ]


def _changed(version: Version, row: Publication) -> ChangedFigure:
    """Beside the figure that would hold without this publication; for a published one, that of the day before."""
    present = book()
    code = version.name.partition(".")[0]
    title = present.shared.title if code == present.shared.code else present.schemes[code].title
    number = present.numbers.get(version.name)
    target = number or present.tables[version.name]
    versions = [
        v
        for v in target.versions
        if v.from_date < row.in_force_date or (v.from_date == row.in_force_date and row.sequence is None)
    ]
    before = versions[-1] if versions else None
    if isinstance(target, Number):
        value, now = getattr(before, "value", None), version.value or 0
        figure = ChangedFigure(version.name, target.label, code, title, "—", said(now, target.unit), (),
                               version.basis, version.doubt)  # fmt: skip
        if value is None:
            return figure
        change, far_off = change_words(value, now, target.unit), is_far_off(value, now, target.unit)
        return replace(figure, before=said(value, target.unit), change=change, far_off=far_off)
    old: dict[str, str] = {}
    if before is not None:
        labels = band_labels(target, tuple(getattr(before, "edges", ())))
        old = dict(zip(labels, (said(v, target.unit) for v in getattr(before, "values", ())), strict=True))
    new = dict(
        zip(band_labels(target, tuple(version.edges)), (said(v, target.unit) for v in version.values), strict=True)
    )
    rows = tuple((label, old.get(label, "—"), new.get(label, "—")) for label in dict.fromkeys([*new, *old]))
    return ChangedFigure(
        version.name, target.label, code, title, f"{len(old)} 档", f"{len(new)} 档", rows, version.basis, version.doubt
    )


def _costs(row: Publication) -> list[CostLine]:
    if not row.trial:
        return []
    month = date.fromisoformat(row.trial["month"])
    last = {b.scheme: b for b in Budget.objects.filter(year=month.year).order_by("id")}
    lines = []
    for given in row.trial["costs"]:
        cost = SchemeCost(**given)
        budget = last.get(cost.scheme)
        scheme = book().schemes.get(cost.scheme)
        period = scheme.period if scheme else Period.MONTH
        year = outlook(
            year=month.year,
            amount_fen=budget.amount_fen if budget else None,
            spent_fen=budget.spent_fen if budget else None,
            spent_until=budget.spent_until if budget else None,
            first_month=month,
            before_fen=cost.before_fen,
            after_fen=cost.after_fen,
        )
        if period is not Period.MONTH:
            year = Outlook(month.year, year.amount_fen, year.spent_fen, None, None, "不按月发放，不能按月推算")
        lines.append(CostLine(scheme.title if scheme else cost.scheme, period.spoken, cost, year))
    return lines

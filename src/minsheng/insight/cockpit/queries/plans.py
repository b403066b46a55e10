"""Plans as they were imported: the one in force, its statements, one statement beside its source, its audit."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import Correction, NameLink, PlanFile, Statement
from minsheng.insight.cockpit.plan.audit import Finding, audit
from minsheng.insight.cockpit.plan.knowledge import knowledge_for
from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.rules.goals import Tracked, Written, tracked
from minsheng.insight.cockpit.types import ANSWERABLE, ReadAs, StatementKind

AROUND = 4  # lines of the source on each side of a statement


def plan_in_force() -> PlanFile | None:
    """This function will return the plan that the cockpit holds the district to, or None before there is one."""
    return PlanFile.objects.filter(in_force_at__isnull=False).defer("lines").order_by("-in_force_at", "-id").first()


def written_of(plan_id: int, *kinds: StatementKind) -> list[Written]:
    """This function will return statements of a plan in the order of the source."""
    rows = Statement.objects.filter(plan_id=plan_id, kind__in=[kind.value for kind in kinds]).order_by("number")
    return [as_written(row) for row in rows]


def as_written(row: Statement) -> Written:
    """This function will return a stored statement as the rules read it."""
    return Written(
        row.pk,
        StatementKind(row.kind),
        row.line,
        row.quote,
        row.label,
        row.unit,
        row.per,
        row.bound,
        tuple(row.values),
        ReadAs(row.read_as),
    )


def links_of(plan_id: int) -> dict[str, NameLink]:
    """This function will return the last word on each name of a plan; one without an indicator says: none answers."""
    rows = NameLink.objects.filter(plan_id=plan_id).order_by("label", "-id").distinct("label")
    return {row.label: row for row in rows}


def all_tracked() -> tuple[PlanFile | None, dict[str, Tracked]]:
    """This function will return every indicator with what the plan in force says of it (three statements)."""
    plan = plan_in_force()
    links = links_of(plan.pk) if plan else {}
    rows: dict[str, list[Written]] = {}
    for row in written_of(plan.pk, *ANSWERABLE) if plan else ():
        if row.label in links:
            rows.setdefault(links[row.label].indicator, []).append(row)
    past = {label for label, link in links.items() if not link.as_goal}
    found = {
        code: tracked(
            indicator,
            sorted(rows.get(code, ()), key=lambda row: (row.line, row.id)),
            past=past,
            first_year=plan.first_year if plan else None,
            last_year=plan.last_year if plan else None,
        )
        for code, indicator in book().indicators.items()
    }
    return plan, found


@dataclass(frozen=True)
class PlanLine:
    """One plan in the list of plans."""

    id: int
    title: str
    years: str
    file_name: str
    imported_at: datetime
    imported_by: str
    in_force: bool


@dataclass(frozen=True)
class StatementLine:
    """One statement in a list, with the indicator that answers to it, if there is one."""

    written: Written
    section: str
    shown: str
    indicator: str
    indicator_label: str


@dataclass(frozen=True)
class PlanView:
    """A plan with its statements by kind, and how many of each."""

    plan: PlanFile
    in_force: bool
    kind: StatementKind
    counts: tuple[tuple[StatementKind, int], ...]
    lines: tuple[StatementLine, ...]
    corrected: int
    imported_by: str
    unlinked: int


def plans(*, viewer: Viewer) -> tuple[PlanLine, ...]:
    """This function will list the imported plans, the newest first."""
    require(viewer=viewer, capability="cockpit.view")
    rows = list(PlanFile.objects.defer("lines").order_by("-id"))
    current = plan_in_force()
    names = accounts.display_names(account_ids={row.imported_by for row in rows})
    return tuple(
        PlanLine(
            row.pk,
            row.title,
            f"{row.first_year or '？'}—{row.last_year or '？'}",
            row.file_name,
            row.imported_at,
            names.get(row.imported_by, ""),
            current is not None and current.pk == row.pk,
        )
        for row in rows
    )


def plan_view(*, viewer: Viewer, plan_id: int, kind: StatementKind) -> PlanView | None:
    """This function will return one plan with its statements of one kind; None when there is no such plan."""
    require(viewer=viewer, capability="cockpit.view")
    plan = PlanFile.objects.defer("lines").filter(pk=plan_id).first()
    if plan is None:
        return None
    counts = Counter(Statement.objects.filter(plan_id=plan_id).values_list("kind", flat=True))
    links, known = links_of(plan_id), book().indicators
    rows = Statement.objects.filter(plan_id=plan_id, kind=kind.value).order_by("number")
    lines = []
    for row in rows:
        link = links.get(row.label)
        one = known.get(link.indicator) if link else None
        written = as_written(row)
        lines.append(
            StatementLine(
                written, row.section, shown_values(written), one.code if one else "", one.label if one else ""
            )
        )
    current = plan_in_force()
    return PlanView(
        plan,
        current is not None and current.pk == plan.pk,
        kind,
        tuple((one, counts[one.value]) for one in StatementKind),
        tuple(lines),
        Statement.objects.filter(plan_id=plan_id).exclude(read_as=ReadAs.READ.value).count(),
        accounts.display_names(account_ids={plan.imported_by}).get(plan.imported_by, ""),
        len(names_of(plan_id) - links.keys()),
    )


def names_of(plan_id: int) -> set[str]:
    """This function will return the names of a plan that an indicator may answer to: of tables and of targets.

    What the text only tells of the present is a name too, but nobody has to answer to it.
    """
    kinds = [StatementKind.INDICATOR.value, StatementKind.TARGET.value]
    rows = Statement.objects.filter(plan_id=plan_id, kind__in=kinds).exclude(read_as=ReadAs.SET_ASIDE.value)
    return set(rows.values_list("label", flat=True))


def shown_values(written: Written) -> str:
    """This function will write the values of a statement as one line."""
    words = []
    for value in written.values:
        year = f"{value['year']}年" if value["year"] else "没写年份"
        role = "目标" if value["role"] == "target" else ""
        words.append(f"{year}{role} {value['value'] if value['value'] is not None else '没有数'}")
    return "，".join(words)


@dataclass(frozen=True)
class SourceLine:
    """A line of the source; `is_it` for the line of the statement."""

    number: int
    text: str
    is_it: bool


@dataclass(frozen=True)
class CorrectionLine:
    """One correction that was made."""

    at: datetime
    by: str
    reason: str
    before: str


@dataclass(frozen=True)
class StatementView:
    """One statement beside the lines that it was read from, with its history."""

    plan_id: int
    plan_title: str
    written: Written
    section: str
    around: tuple[SourceLine, ...]
    history: tuple[CorrectionLine, ...]
    next_unread: int | None


def statement_view(*, viewer: Viewer, statement_id: int) -> StatementView | None:
    """This function will return one statement beside its source; None when there is no such statement."""
    require(viewer=viewer, capability="cockpit.view")
    row = Statement.objects.select_related("plan").filter(pk=statement_id).first()
    if row is None:
        return None
    lines = row.plan.lines
    first, last = max(1, row.line - AROUND), min(len(lines), row.line + AROUND)
    around = tuple(
        SourceLine(number, lines[number - 1], number == row.line)
        for number in range(first, last + 1)
        if lines[number - 1].strip()
    )
    made = list(Correction.objects.filter(statement=row).order_by("-id"))
    names = accounts.display_names(account_ids={one.corrected_by for one in made})
    history = tuple(
        CorrectionLine(
            one.corrected_at,
            names.get(one.corrected_by, ""),
            one.reason,
            f"{one.before['label']}（{one.before['unit'] or '没有单位'}）"
            + "，".join(
                str(value["value"]) if value["value"] is not None else "没有数" for value in one.before["values"]
            ),
        )
        for one in made
    )
    further = Statement.objects.filter(
        plan_id=row.plan_id, kind=row.kind, read_as=ReadAs.READ.value, number__gt=row.number
    )
    return StatementView(
        row.plan_id,
        row.plan.title,
        as_written(row),
        row.section,
        around,
        history,
        further.order_by("number").values_list("id", flat=True).first(),
    )


@dataclass(frozen=True)
class AuditView:
    """What is wrong with a plan, by severity, most serious first within the order of the source."""

    plan_id: int
    title: str
    findings: tuple[Finding, ...]
    statements: dict[int, int]

    def count(self, severity: str) -> int:
        """This method will count the findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)


def audit_view(*, viewer: Viewer, plan_id: int) -> AuditView | None:
    """This function will audit an imported plan anew; None when there is no such plan."""
    require(viewer=viewer, capability="cockpit.view")
    plan = PlanFile.objects.filter(pk=plan_id).first()
    if plan is None:
        return None
    read = read_plan(plan.lines)
    found = audit(read, knowledge_for("\n".join(plan.lines), year=read.first_year))
    by_line: dict[int, int] = {}
    for line, number in Statement.objects.filter(plan_id=plan_id).order_by("number").values_list("line", "id"):
        by_line.setdefault(line, number)
    return AuditView(plan.pk, plan.title, found, by_line)

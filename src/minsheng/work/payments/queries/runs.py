"""The months' runs for their pages: figures and checks, no names; only what the viewer's areas hold."""

from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments.models import BankFile, Duty, Finding, Line, Run
from minsheng.work.payments.queries.totals import totals_of
from minsheng.work.payments.rules.checks import BY_CODE, Check
from minsheng.work.payments.types import FileState, LineState, RunAct, RunState, RunTotals, Severity

ACT_WORDS = {RunAct.COMPILE: "编制", RunAct.SIGN: "签字", RunAct.RELEASE: "出银行文件", RunAct.SETTLE: "对账"}
MOST_RUNS, MOST_FINDINGS = 36, 50


@dataclass(frozen=True)
class RunRow:
    """One run in the list; `total_fen` is what was locked, None before."""

    run_id: int
    month: date
    number: int
    state: RunState
    lines: int | None
    total_fen: int | None


@dataclass(frozen=True)
class DutyRow:
    """Who did what in the present round, and for how much."""

    act: str
    name: str
    at: datetime
    total_fen: int


@dataclass(frozen=True)
class CheckRow:
    """One check and how many lines it speaks of; `open` still wait for an officer's word."""

    check: Check
    lines: int
    open: int
    detail: str


@dataclass(frozen=True)
class ReviewRow:
    """One line that waits for an officer's word."""

    finding_id: int
    check: Check
    scheme: str
    household_id: int
    fen: int


@dataclass(frozen=True)
class StateRow:
    """How many lines stand where, and their sum in fen."""

    state: LineState
    lines: int
    fen: int


@dataclass(frozen=True)
class RunFile:
    """The bank file's name, hash and state."""

    name: str
    sha256: str
    state: FileState


@dataclass(frozen=True)
class RunView:
    """One run as its page shows it."""

    run_id: int
    month: date
    number: int
    state: RunState
    totals: RunTotals
    needed: int | None
    returned_reason: str
    duties: tuple[DutyRow, ...]
    checks: tuple[CheckRow, ...]
    reviews: tuple[ReviewRow, ...]
    by_state: tuple[StateRow, ...]
    by_scheme: tuple[tuple[str, int, int], ...]
    file: RunFile | None

    @property
    def open_reviews(self) -> int:
        return sum(row.open for row in self.checks)

    @property
    def fund_short(self) -> bool:
        return any(row.check.code == "fund_short" for row in self.checks)

    @property
    def unanswered(self) -> int:
        return sum(row.lines for row in self.by_state if row.state in (LineState.SENT, LineState.UNKNOWN))


def runs(*, viewer: Viewer) -> list[RunRow]:
    """This function will return the latest runs of the viewer's areas, newest month first."""
    require(viewer=viewer, capability="payments.view_runs")
    return [
        RunRow(run.pk, run.month, run.number, RunState(run.state), run.lines_locked, run.total_locked_fen)
        for run in Run.objects.order_by("-month", "-number")[:MOST_RUNS]
    ]


def run_exists(*, viewer: Viewer, run_id: int) -> bool:
    """This function will say whether the viewer's areas hold a run of this number."""
    require(viewer=viewer, capability="payments.work")
    return Run.objects.filter(pk=run_id).exists()


def run_view(*, viewer: Viewer, run_id: int) -> RunView | None:
    """This function will return one run, or None where the viewer's areas hold none of this number."""
    require(viewer=viewer, capability="payments.view_runs")
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        return None
    titles = scheme_titles()
    states: dict[LineState, list[int]] = {}
    schemes: dict[str, list[int]] = {}
    lines = Line.objects.filter(run=run).values_list("state", "scheme", "amount_fen", "deducted_fen")
    for state, scheme, fen, less in lines.iterator(20_000):
        for place in (states.setdefault(LineState(state), [0, 0]), schemes.setdefault(scheme, [0, 0])):
            place[0] += 1
            place[1] += fen - less
    file = BankFile.objects.filter(run=run).values_list("name", "sha256", "state").first()
    checks, reviews = _findings(run, titles)
    return RunView(
        run_id=run.pk,
        month=run.month,
        number=run.number,
        state=RunState(run.state),
        totals=totals_of(run_id=run.pk),
        needed=run.signatures_needed,
        returned_reason=run.returned_reason,
        duties=tuple(
            DutyRow(ACT_WORDS[RunAct(duty.act)], duty.account_name, duty.at, duty.total_fen)
            for duty in Duty.objects.filter(run=run, round=run.round).order_by("at", "id")
        ),
        checks=checks,
        reviews=reviews,
        by_state=tuple(StateRow(state, *states[state]) for state in LineState if state in states),
        by_scheme=tuple(
            (titles.get(code, code), count, fen)
            for code, (count, fen) in sorted(schemes.items(), key=lambda one: -one[1][1])
        ),
        file=RunFile(file[0], file[1], FileState(file[2])) if file else None,
    )


def _findings(run: Run, titles: dict[str, str]) -> tuple[tuple[CheckRow, ...], tuple[ReviewRow, ...]]:
    found = list(
        Finding.objects.filter(run=run).order_by("id").values_list("id", "check_code", "line_id", "passed", "detail")
    )
    rows = []
    for code, check in BY_CODE.items():
        own = [one for one in found if one[1] == code]
        if own:
            waiting = sum(one[3] is None for one in own) if check.severity is Severity.REVIEW else 0
            detail = own[0][4] if own[0][2] is None else ""
            rows.append(CheckRow(check, len(own), waiting, _titled(detail, titles)))
    open_reviews = [one for one in found if one[3] is None and BY_CODE[one[1]].severity is Severity.REVIEW]
    shown = open_reviews[:MOST_FINDINGS]
    lines = {
        line: (scheme, household, fen)
        for line, scheme, household, fen in Line.objects.filter(id__in=[one[2] for one in shown]).values_list(
            "id", "scheme", "household_id", "amount_fen"
        )
    }
    reviews = [
        ReviewRow(number, BY_CODE[code], titles.get(lines[line][0], lines[line][0]), lines[line][1], lines[line][2])
        for number, code, line, _, _ in shown
        if line in lines
    ]
    return tuple(rows), tuple(reviews)


def _titled(detail: str, titles: dict[str, str]) -> str:
    """`fund_short` names schemes and the missing fen: "code fen; code fen"."""
    words = []
    for part in filter(None, detail.split("; ")):
        code, _, fen = part.rpartition(" ")
        words.append(
            f"{titles.get(code, code)}差 {int(fen) // 100:,}.{int(fen) % 100:02d} 元" if fen.isdigit() else part
        )
    return "；".join(words)

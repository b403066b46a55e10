"""How a case speaks: its heading, the next step, who has it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.forms import BoundField

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.pages.acting import MAIN_PATH, PAGES
from minsheng.work.casework.pages.drafts import DraftForm
from minsheng.work.casework.pages.forms import ActForm
from minsheng.work.casework.procedures import OWNERS
from minsheng.work.casework.queries import CaseFile
from minsheng.work.casework.queries.case import Cell, FormBlock, Possible
from minsheng.work.casework.types import Act, CaseFacts, ClockLine, Status

# Acts that would repeat what is done: offered further down, not as the next step.
_DONE_ALREADY: Mapping[Act, Callable[[CaseFacts], bool]] = {
    Act.AUTHORISE: lambda f: f.authorised,
    Act.RECORD_INVESTIGATION: lambda f: f.investigations_signed + f.investigations_open > 0,
    Act.REQUEST_CHECK: lambda f: f.done(Act.REQUEST_CHECK) and not f.checks_unsettled,
    Act.VISIT_BY_COUNTY: lambda f: not (f.relative_flag or f.complaint) or f.done(Act.VISIT_BY_COUNTY),
}
NEXT_OWNER = {
    Status.DRAFT: "街道经办或社区工作者填完、提交",
    Status.SUBMITTED: "街道经办受理",
    Status.CORRECTION: "申请人补齐材料后再提交",
    Status.ACCEPTED: "街道经办启动调查、提请核对",
    Status.INVESTIGATING: "两名调查人调查，街道审核出具意见",
    Status.OPINED: "街道审核公示或报请确认",
    Status.NOTICED: "公示期满后由街道审核报请确认",
    Status.OBJECTED: "街道经办重新调查",
    Status.CONFIRMING: "确认机关决定",
    Status.APPROVED: "街道经办送达决定书",
    Status.REJECTED: "街道经办送达告知书",
    Status.PAYING: "按期复核",
    Status.REVIEWING: "街道经办完成复核",
    Status.PROPOSED: "先听取本人意见，再由确认机关决定",
    Status.HEARD: "确认机关决定是否调整",
    Status.ADJUSTED: "街道经办送达调整决定",
    Status.GRADUAL_EXIT: "渐退期满后结案",
    Status.AIDED: "街道经办补齐手续",
    Status.SUSPENDED: "原因消除后由街道审核恢复",
}


@dataclass(frozen=True)
class ActBlock:
    """One act on the page: its form, or what is missing for it."""

    act: Act
    form: ActForm
    why_not: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Acts:
    """The next step and everything else that may be done."""

    main: ActBlock | None
    missing: tuple[ActBlock, ...]
    others: tuple[ActBlock, ...]
    owner: str


def acts_of_page(file: CaseFile, *, today: date, bound: ActForm | None = None, bound_act: Act | None = None) -> Acts:
    """This function will order what may be done: one next step, what is missing for the following, the rest."""
    possible = {one.act: one for one in file.possible if one.act in PAGES}

    def block(one: Possible) -> ActBlock:
        mine = bound is not None and one.act is bound_act
        form = bound if mine and bound is not None else PAGES[one.act].form(file=file, today=today)
        return ActBlock(one.act, form, one.why_not, mine)

    def fits(act: Act, facts: CaseFacts) -> bool:
        done = _DONE_ALREADY.get(act)
        return done is None or not done(facts)

    ready = [act for act in MAIN_PATH if act in possible and not possible[act].why_not and fits(act, file.facts)]
    if bound_act in ready:
        ready = [act for act in ready if act is bound_act]
    main = ready[0] if ready else None
    waiting = [act for act in MAIN_PATH if act in possible and possible[act].why_not and fits(act, file.facts)]
    waiting = [act for act in waiting if not _for_another_procedure(possible[act])]
    rest = [
        one for act, one in possible.items() if act is not main and not one.why_not and not _to_no_purpose(act, file)
    ]
    return Acts(
        block(possible[main]) if main else None,
        tuple(block(possible[act]) for act in waiting),
        tuple(block(one) for one in rest),
        NEXT_OWNER.get(file.status, ""),
    )


def _to_no_purpose(act: Act, file: CaseFile) -> bool:
    """Acts that the status allows and that have no object now."""
    if act is Act.EXPLAIN_DELAY:
        return not any(line.state == "late" for line in file.clock.lines)
    if act is Act.END_PROXY:
        return file.proxy is None
    return act is Act.OBJECT_TO_CHECK and not any(check.queried_at for check in file.checks)


def steps_of(file: CaseFile) -> list[ClockLine]:
    """This function will return the limits to show: a letter of refusal has none before there is a refusal."""
    return [line for line in file.clock.lines if line.code != "deliver" or line.state != "waiting"]


@dataclass(frozen=True)
class Sheet:
    """One section of the form as a table: a column for each subject, a row for each field."""

    title: str
    subjects: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Cell, BoundField | None], ...]], ...]
    columns: tuple["Column", ...]


@dataclass(frozen=True)
class Column:
    """All answers about one subject, as the check before submission reads them."""

    name: str
    cells: tuple[Cell, ...]


def sheets_of(file: CaseFile, form: DraftForm | None) -> list[Sheet]:
    """This function will lay the form out densely: all members side by side."""
    sections = dict.fromkeys(block.section for block in file.form)
    return [_sheet(name, [block for block in file.form if block.section == name], form) for name in sections]


def _sheet(title: str, blocks: list[FormBlock], form: DraftForm | None) -> Sheet:
    rows = tuple(
        (cells[0].field.label, tuple((cell, form[cell.key] if form else None) for cell in cells))
        for cells in zip(*(block.cells for block in blocks), strict=True)
    )
    columns = tuple(Column(block.title, block.cells) for block in blocks)
    return Sheet(title, tuple(block.title for block in blocks), rows, columns)


def _for_another_procedure(one: Possible) -> bool:
    return any("不设" in why for why in one.why_not)


def heading_of(file: CaseFile) -> str:
    """This function will say the case as one sentence: who, what, where it stands, how long is left."""
    running = file.clock.next
    tail = f"，{running.label}{running.state_words}" if running is not None else ""
    return f"{file.subject}的申请：{file.status.label}{tail}"


def confirmer_words(file: CaseFile) -> str:
    """This function will say who confirms this case."""
    return "街道确认（受区级委托）" if file.delegated else "区民政局确认"


def owner_words(owner: str, file: CaseFile) -> str:
    """This function will name who owes a step."""
    return confirmer_words(file) if owner == "confirmer" else OWNERS[owner]


def may_draft(viewer: Viewer, file: CaseFile) -> bool:
    """This function will say whether the form can be edited here."""
    return any(one.act is Act.SAVE_DRAFT for one in file.possible) and viewer.can("casework.draft")

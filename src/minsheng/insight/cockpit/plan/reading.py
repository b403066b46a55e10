"""From lines to a `Plan`. The reader knows how plans are written, and no figure of any of them."""

import re
from pathlib import Path

from minsheng.insight.cockpit.plan.reading_documents import read_documents, title_of
from minsheng.insight.cockpit.plan.reading_sentences import read_sentences
from minsheng.insight.cockpit.plan.reading_structure import skeleton_of
from minsheng.insight.cockpit.plan.reading_tables import read_tables
from minsheng.insight.cockpit.plan.sources import UnableToReadPlan, lines_of_file
from minsheng.insight.cockpit.plan.statements import Plan, Unread

_PERIOD = (
    re.compile(r"规划期(?:限)?(?:为|是|从)?((?:19|20)\d{2})年?(?:至|到|—|-)((?:19|20)\d{2})年?"),
    re.compile(r"[（(]((?:19|20)\d{2})年?\s*(?:-|—|–|至|到)\s*((?:19|20)\d{2})年?[）)]"),
)


def read_plan_file(path: Path) -> Plan:
    """This function will read a plan from .txt, .docx, .xlsx or .csv; raises UnableToReadPlan with a remedy."""
    return read_plan(lines_of_file(path))


def read_plan(lines: list[str]) -> Plan:
    """This function will turn the lines of a plan into statements; raises UnableToReadPlan when there are none."""
    skeleton = skeleton_of(lines)
    if not skeleton.paragraphs and not skeleton.tables:
        raise UnableToReadPlan("文件里既没有段落，也没有表格。请确认选对了文件。")
    first, last = _period(lines)
    tables = read_tables(skeleton.tables, first)
    sentences = read_sentences(skeleton.paragraphs, first)
    documents, broken = read_documents(skeleton.paragraphs, skeleton.headings)
    title, _ = title_of(skeleton.paragraphs)
    stray = [Unread("目录里的这一行没有页码", place) for place in skeleton.stray]
    return Plan(
        title,
        first,
        last,
        tuple(lines),
        tuple(skeleton.contents),
        tuple(skeleton.headings),
        tuple(skeleton.paragraphs),
        tuple(tables.tables),
        tuple(tables.indicators),
        tuple(tables.projects),
        tuple(sentences.quantities),
        tuple(sentences.targets),
        tuple(sentences.sums),
        tuple(sentences.changes),
        tuple(sentences.listings),
        tuple(documents),
        (*tables.unread, *broken, *stray, *sentences.unread),
    )


def _period(lines: list[str]) -> tuple[int | None, int | None]:
    for pattern in _PERIOD:
        for line in lines:
            if met := pattern.search(line):
                return int(met.group(1)), int(met.group(2))
    return None, None

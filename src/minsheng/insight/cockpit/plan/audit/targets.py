"""Targets against the present, against the text, against the pace so far, and their deadlines."""

import re
from collections.abc import Iterator
from decimal import Decimal

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.reading_sentences import sentences_of
from minsheng.insight.cockpit.plan.statements import Change, Indicator, Place, Plan, Target
from minsheng.insight.cockpit.plan.wording import canonical, coverage, joined, likeness, number_of, plain

_FLOOR_NAME = re.compile(r"不低于|不少于|以上|不超过|不高于|以内")
_FALLING = re.compile(r"下降|减少|缩短|降低|死亡|事故|投诉|空置|流失")
_PER_UNIT = re.compile(
    r"(?:每个?|各)(?P<level>街道|社区|镇街|乡镇|网格)(?:都|均|至少|不少于|要)*(?:建成|建有|建设|建立|设立|配备|培育|有)"
    r"(?:至少|不少于)?(?P<n>\d+|[一二两三四五])(?P<unit>家|个|所|处|座|名|人)"
)
_TASK = re.compile(r"新建|改造|提升|提高|扩大|转型|增加")
_PACE = Decimal("0.25")  # a target that asks for less than a quarter of the pace so far breaks the trend
_RUSH = Decimal(6)  # and one that asks for more than six times of it needs a reason, or has a digit too many
_MONTHLY = re.compile(r"每月|月标准|月均")
_YEARLY = re.compile(r"每年|年标准|年均|全年")


def check(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    """This function will yield findings about targets."""
    for row in plan.indicators:
        yield from _against_present(plan, row)
    yield from _per_unit(plan, knowledge)
    yield from _trend_of_text(plan)
    yield from _trend_of_tables(plan)
    yield from _text_against_table(plan)
    yield from _deadlines(plan)
    yield from _outside_the_plan(plan)


def _against_present(plan: Plan, row: Indicator) -> Iterator[Finding]:
    if row.end is None or row.end.role != "target" or row.end.value is None:
        return
    if row.start is None or row.start.value is None:
        return
    present, target = row.start.value, row.end.value
    is_falling = _FALLING.search(row.name) is not None
    if target == present and not (row.unit == "%" and target == 100) and not _FLOOR_NAME.search(row.name):
        task = _task_about(plan, row.name)
        yield Finding(
            "targets.already_met",
            f"“{row.name}”的目标等于现在的数值，没有要提高的。",
            (row.place, *([task] if task else [])),
            f"{row.start.year} 年 {plain(present)}，{row.end.year} 年目标 {plain(target)}。"
            + ("正文却布置了新建、改造或提升的任务（见引文）。" if task else ""),
            Severity.DOUBT,
            "如果是保持，请写明“不低于”；如果正文要求改造提升，目标应高于现状。",
        )
    elif (target < present) is not is_falling and target != present:
        yield Finding(
            "targets.below_present",
            f"“{row.name}”的目标比现在还{'高' if is_falling else '低'}。",
            (row.place,),
            f"{row.start.year} 年 {plain(present)}，{row.end.year} 年目标 {plain(target)}，"
            f"变化 {plain(target - present)}。",
            Severity.ERROR,
            "请核对目标值；如果本意就是降低，请说明。",
        )


def _task_about(plan: Plan, name: str) -> Place | None:
    """The sentence that sets a task (新建, 改造, 提升 …) on the thing an indicator measures, if there is one."""
    pairs = {name[n : n + 2] for n in range(len(name) - 1)}
    best: tuple[float, Place | None] = (0.49, None)
    for paragraph in plan.paragraphs:
        if paragraph.is_past:
            continue
        for start, end in sentences_of(paragraph.text):
            sentence = paragraph.text[start:end]
            share = sum(pair in sentence for pair in pairs) / max(len(pairs), 1)
            if share > best[0] and _TASK.search(sentence):
                best = (share, paragraph.place(start, end))
    return best[1]


def _per_unit(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    """“每个街道至少1家” × streets against the target of the table."""
    for paragraph in plan.paragraphs:
        for met in _PER_UNIT.finditer(paragraph.text):
            each = number_of(met.group("n"))
            sentence = next((s, e) for s, e in sentences_of(paragraph.text) if s <= met.start() < e)
            text = paragraph.text[sentence[0] : sentence[1]]
            rows = [row for row in plan.indicators if row.end is not None and row.end.value is not None]
            named = [row for row in rows if (stem := re.sub(r"(?:总?数量?|个数)$", "", row.name)) and stem in text]
            units = knowledge.units.get(met.group("level"))
            for row in named:
                target = row.end.value if row.end is not None else None
                if each is None or target is None or row.unit in ("%", "‰"):
                    continue
                place = paragraph.place(*sentence)
                if units is None:
                    yield Finding(
                        "targets.per_unit",
                        f"“{row.name}”的目标与“{met.group()}”要核对，但不知道有多少{met.group('level')}。",
                        (row.place, place),
                        f"目标 {plain(target)}，只够 {plain(target / each)} 个{met.group('level')}。",
                        Severity.HINT,
                        "请用 --streets 给出街道数再查。",
                    )
                elif each * units > target:
                    yield Finding(
                        "targets.per_unit",
                        f"“{row.name}”的目标 {plain(target)} 少于正文的要求 {each * units}。",
                        (row.place, place),
                        f"正文“{met.group()}”× {units} 个{met.group('level')}（{knowledge.units_source}）"
                        f"= {each * units}，表中目标 {plain(target)}，差 {plain(each * units - target)}。",
                        Severity.ERROR,
                        f"目标应不少于 {each * units}，或改正文。",
                    )


def _trend_of_text(plan: Plan) -> Iterator[Finding]:
    for change in plan.changes:
        for target in plan.targets:
            quantity = target.quantity
            if quantity is None or quantity.unit != change.end.unit or target.deadline is None:
                continue
            if coverage(_subject(change.label), _subject(target.label)) < 0.9 or not _years(change):
                continue
            goal, note = quantity.value, ""
            if _YEARLY.search(target.wording) and _MONTHLY.search(change.place.quote):
                goal /= 12
                note = f"年标准 {plain(quantity.value)} 折合每月 {goal:.0f}；"
            yield from _slower(change, target, goal, note)


def _slower(change: Change, target: Target, goal: Decimal, note: str) -> Iterator[Finding]:
    years, ahead = _years(change), (target.deadline or 0) - (change.end.year or 0)
    if not years or ahead <= 0 or change.start.value <= 0:
        return
    so_far = (change.end.value / change.start.value - 1) * 100
    asked = (goal / change.end.value - 1) * 100
    if so_far <= 0:
        return
    faster = (asked / ahead) / (so_far / years)
    if _PACE <= faster <= _RUSH:
        return
    is_slow = faster < _PACE
    yield Finding(
        "targets.trend_break",
        f"“{target.label}”的目标太{'低' if is_slow else '高'}，比过去的步子{'慢' if is_slow else '快'}得多。",
        (target.place, change.place),
        f"{note}过去 {years} 年 {so_far:+.1f}%，到 {target.deadline} 年的 {ahead} 年要求 {asked:+.1f}%。",
        Severity.DOUBT,
        "请核对目标值；如果只是下限，请说明预计达到多少。" if is_slow else "请核对目标值和单位。",
    )


def _years(change: Change) -> int:
    if change.start.year is None or change.end.year is None:
        return 0
    return change.end.year - change.start.year


def _subject(label: str) -> str:
    return re.sub(r"全区|全市|城乡|每?年|每?月|到\d*|达到?|为", "", canonical(label))


def _trend_of_tables(plan: Plan) -> Iterator[Finding]:
    """The same indicator in a table that looks back and in one that looks ahead: its pace per year."""
    for past in plan.indicators:
        for ahead in plan.indicators:
            if past.table == ahead.table or past.end is None or past.end.role != "actual" or ahead.end is None:
                continue
            if ahead.end.role != "target" or past.unit != ahead.unit or likeness(past.name, ahead.name) < 0.85:
                continue
            before, after = _pace(past), _pace(ahead)
            if before is None or after is None or before <= 0 or not 0 < after < before * _PACE:
                continue
            if ahead.unit == "%" and ahead.end.value == 100:
                continue  # at the top there is no room
            yield Finding(
                "targets.trend_break",
                f"“{ahead.name}”的目标太低，比过去的步子慢得多。",
                (ahead.place, past.place),
                f"过去每年 {before:+.2f}，今后每年只要求 {after:+.2f}。",
                Severity.DOUBT,
                "请核对目标值。",
            )


def _pace(row: Indicator) -> Decimal | None:
    if row.start is None or row.end is None or row.start.value is None or row.end.value is None or not row.span:
        return None
    return (row.end.value - row.start.value) / row.span


def _text_against_table(plan: Plan) -> Iterator[Finding]:
    """A target of the text that carries the name of an indicator must promise what the table promises."""
    for target in plan.targets:
        quantity = target.quantity
        if quantity is None or quantity.per or target.deadline is None or len(target.label) < 4:
            continue
        for row in plan.indicators:
            if row.end is None or row.end.role != "target" or row.end.value is None or row.unit != quantity.unit:
                continue
            if row.end.year != target.deadline or coverage(target.label, row.name) < 0.75:
                continue
            if len(canonical(target.label)) * 2 < len(canonical(row.name)) or row.end.value == quantity.value:
                continue
            yield Finding(
                "values.text_against_table",
                f"“{row.name}”的目标，正文与表不一致。",
                (target.place, row.place),
                f"正文“{target.wording}”，表中 {row.end.year} 年目标 {plain(row.end.value)}{row.unit}。",
                Severity.ERROR,
                "请统一目标值；如果口径不同，请分开命名。",
            )


def _deadlines(plan: Plan) -> Iterator[Finding]:
    by_paragraph: dict[int, list[Target]] = {}
    for target in plan.targets:
        by_paragraph.setdefault(target.paragraph, []).append(target)
    for targets in by_paragraph.values():
        years = {target.deadline for target in targets if target.deadline is not None}
        if len(years) > 1:
            dated = [target for target in targets if target.deadline is not None]
            yield Finding(
                "targets.mixed_deadlines",
                f"同一段里目标的期限不同：{joined(f'{year} 年' for year in sorted(years))}。",
                tuple(target.place for target in dated),
                "；".join(f"“{target.wording}”——{target.deadline} 年" for target in dated) + "。",
                Severity.HINT,
                "请逐个确认期限，考核时分开登记。",
            )
    undated = [t for t in plan.targets if t.quantity is not None and t.deadline is None]
    if undated and plan.last_year is not None:
        places: list[Place] = [target.place for target in undated]
        yield Finding(
            "targets.deadline_missing",
            f"有 {len(undated)} 个带数字的目标没有写期限。",
            tuple(places),
            "；".join(f"“{target.wording}”" for target in undated) + f"。暂按规划期末 {plan.last_year} 年理解。",
            Severity.HINT,
            "请逐个写明到哪一年。",
        )


def _outside_the_plan(plan: Plan) -> Iterator[Finding]:
    """A promise for a year before the plan begins, and a column of targets for another year than the plan's last."""
    if plan.first_year is None or plan.last_year is None:
        return
    for target in plan.targets:
        if target.deadline is not None and target.deadline < plan.first_year:
            yield Finding(
                "targets.outside_plan",
                f"目标的期限 {target.deadline} 年早于规划期。",
                (target.place,),
                f"“{target.wording}”；规划期 {plan.first_year}—{plan.last_year} 年。",
                Severity.ERROR,
                "请核对年份。",
            )
    for table in plan.tables:
        row = next((row for row in plan.indicators if row.table == table.caption), None)
        end = row.end if row is not None else None
        if end is None or end.role != "target" or end.year is None or end.year == plan.last_year:
            continue
        yield Finding(
            "targets.outside_plan",
            f"“{table.caption}”的目标是 {end.year} 年的，规划期却到 {plan.last_year} 年。",
            (table.place,),
            f"表头“{end.header}”；规划期 {plan.first_year}—{plan.last_year} 年。",
            Severity.DOUBT,
            "请核对表头年份和规划期。",
        )

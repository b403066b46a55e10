"""Units, denominators, periods and baselines: missing, at odds with the name, or different between two tables."""

import re
from collections import defaultdict
from collections.abc import Iterator

from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.reading_sentences import clause_around, sentences_of
from minsheng.insight.cockpit.plan.statements import Indicator, Plan
from minsheng.insight.cockpit.plan.wording import joined, likeness, plain

_SHARES = ("%", "‰", "百分点", "个百分点")
_RATE_NAME = re.compile(r"(?:率|比例|占比|比重|一体化|均等化)$")
_THING_NAME = re.compile(r"(?:中心|驿站|站|机构|院|基地|场所|食堂|平台|联合体|综合体)$")
_COUNT_NAME = re.compile(r"(?:数|数量|人数|次数|家数)$")
_COUNTED = "个家张人名户所处座件次"
_LEVELS = ("行政村", "自然村", "乡镇", "村", "社区", "街道", "网格", "小区")
_WITHOUT_YEAR = re.compile(r"全年|本年度|当年|今年|去年|上年")
_YEAR = re.compile(r"(?:19|20)\d{2}\s*年|十[二三四五]五")
_USUALLY_PERCENT = re.compile(r"(?:覆盖率|达标率|持证率|参保率|完成率|满意率|入住率)$")
_SAME_NAME = 0.85


def check(plan: Plan, knowledge: Knowledge) -> Iterator[Finding]:
    """This function will yield findings about units, denominators, periods and baselines."""
    for row in plan.indicators:
        yield from _name_and_unit(plan, knowledge, row)
        yield from _fuller_in_text(plan, row)
    yield from _conflicts(plan)
    yield from _unmentioned(plan)
    yield from _gaps(plan)
    yield from _sentences(plan)


def _name_and_unit(plan: Plan, knowledge: Knowledge, row: Indicator) -> Iterator[Finding]:
    values = [cell.value for cell in row.cells if cell.value is not None]
    is_rate = _RATE_NAME.search(row.name) is not None
    if row.unit is None:
        yield Finding(
            "units.missing",
            f"“{row.name}”没有写单位。",
            (row.place,),
            f"名称后没有单位，数值是 {joined(cell.printed for cell in row.cells)}。",
            Severity.DOUBT,
            "请补上单位" + ("（看名称应是 %）。" if is_rate else "。"),
        )
        return
    if is_rate and row.unit not in _SHARES and "/" not in row.unit:
        yield Finding(
            "units.name_mismatch",
            f"“{row.name}”是比率，单位却是“{row.unit}”。",
            (row.place,),
            f"数值 {joined(cell.printed for cell in row.cells)} 看来是个数，不是比率；缺少分母。"
            + _said_elsewhere(plan, row),
            Severity.ERROR,
            "如果是个数，请改名为“……数”并写明数的是什么；如果是比率，请写 % 和分母。",
        )
    elif (_COUNT_NAME.search(row.name) or _THING_NAME.search(row.name)) and row.unit in _SHARES:
        yield Finding(
            "units.name_mismatch",
            f"“{row.name}”是个数，单位却是“{row.unit}”。",
            (row.place,),
            f"数值 {joined(cell.printed for cell in row.cells)}。",
            Severity.ERROR,
            "请改正名称或单位。",
        )
    elif "覆盖" in row.name and not is_rate and row.unit not in _SHARES:
        yield Finding(
            "denominators.missing",
            f"“{row.name}”只有个数，没有分母。",
            (row.place,),
            f"数值 {joined(cell.printed for cell in row.cells)}（{row.unit}），没有写一共有多少，看不出覆盖了多大部分；"
            "也分不清数的是社区还是街道"
            + (
                f"（{joined(f'{level} {count} 个' for level, count in knowledge.units.items())}）。"
                if knowledge.units
                else "。"
            ),
            Severity.DOUBT,
            "请写明总数（分母），或改用覆盖率。",
        )
    elif row.unit == "%" and values and max(values) > 100 and not re.search(r"增|比上年", row.name):
        yield Finding(
            "units.above_whole",
            f"“{row.name}”超过 100%。",
            (row.place,),
            f"数值 {joined(cell.printed for cell in row.cells)}（%）。",
            Severity.DOUBT,
            "请核对单位，多半应是个数。",
        )
    elif row.unit == "‰" and values and (max(values) >= 50 or _USUALLY_PERCENT.search(row.name)):
        yield Finding(
            "units.name_mismatch",
            f"“{row.name}”的单位是‰，与名称和数值不相称。",
            (row.place,),
            f"数值 {joined(cell.printed for cell in row.cells)}；这类比率按 % 计。",
            Severity.DOUBT,
            "请核对是 % 还是 ‰。",
        )


def _said_elsewhere(plan: Plan, row: Indicator) -> str:
    """Figures of the text whose name begins like the indicator's: another definition of the same word, perhaps."""
    others = [q for q in plan.quantities if len(q.label) >= 2 and q.label.startswith(row.name[:2]) and q.unit != "%"]
    shown = joined(f"“{q.label}”{plain(q.value)}{q.unit}" for q in others[:3])
    return f"正文里另有{shown}，口径也不同。" if others else ""


def _conflicts(plan: Plan) -> Iterator[Finding]:
    """The same indicator, the same year, in two tables: the units and the values must agree."""
    for at, first in enumerate(plan.indicators):
        for second in plan.indicators[at + 1 :]:
            if first.table == second.table:
                continue
            if (shorter := _without_denominator(first, second)) is not None:
                longer = second if shorter is first else first
                yield Finding(
                    "denominators.missing",
                    f"“{shorter.name}”没有分母，另一张表里的“{longer.name}”有。",
                    (shorter.place, longer.place),
                    "两个名称除“占……”以外完全相同。",
                    Severity.DOUBT,
                    f"请写成“{longer.name}”，或说明是另一个指标。",
                )
            if likeness(first.name, second.name) < _SAME_NAME:
                continue
            shared = [(a, b) for a in first.cells for b in second.cells if a.year is not None and a.year == b.year]
            printed = "；".join(
                f"{a.year} 年 {a.printed}{first.unit or ''} 与 {b.printed}{second.unit or ''}" for a, b in shared
            )
            if first.unit and second.unit and first.unit != second.unit:
                factor = "，相差十倍" if {first.unit, second.unit} == {"%", "‰"} else ""
                yield Finding(
                    "units.conflict",
                    f"“{first.name}”在两张表里单位不同：{first.unit} 与 {second.unit}{factor}。",
                    (first.place, second.place),
                    f"{printed}。" if printed else "两表没有共同的年份。",
                    Severity.ERROR,
                    "请查清哪个单位对，两表改成一致。",
                )
            elif any(a.value is not None and b.value is not None and a.value != b.value for a, b in shared):
                yield Finding(
                    "values.conflict",
                    f"“{first.name}”同一年在两张表里数值不同。",
                    (first.place, second.place),
                    f"{printed}。",
                    Severity.ERROR,
                    "请查清哪个数值对，并写明口径。",
                )


def _fuller_in_text(plan: Plan, row: Indicator) -> Iterator[Finding]:
    """A share that the text calls “甲占乙比例” and the table “甲比例”."""
    met = re.search(r"(?:比例|比重)$", row.name)
    if met is None or "占" in row.name:
        return
    fuller = re.compile(re.escape(row.name[: met.start()]) + r"占[^，。；、]{2,14}?" + met.group())
    for paragraph in plan.paragraphs:
        if said := fuller.search(paragraph.text):
            yield Finding(
                "denominators.missing",
                f"“{row.name}”没有分母，正文里有。",
                (row.place, paragraph.place(*said.span())),
                f"正文写作“{said.group()}”。",
                Severity.DOUBT,
                f"请写成“{said.group()}”，或说明是另一个指标。",
            )
            return


def _without_denominator(first: Indicator, second: Indicator) -> Indicator | None:
    """Of two names that differ only by “占……”, the one that lacks it."""
    for shorter, longer in ((first, second), (second, first)):
        if shorter.name != longer.name and re.sub(r"占\S+?(?=比例|比重|的比)", "", longer.name) == shorter.name:
            return shorter
    return None


def _unmentioned(plan: Plan) -> Iterator[Finding]:
    """A rate whose denominator is a level of administration that no sentence of the plan speaks of."""
    body = "".join(paragraph.text for paragraph in plan.paragraphs)
    by_level: dict[str, list[Indicator]] = defaultdict(list)
    for row in plan.indicators:
        level = next((word for word in _LEVELS if re.search(f"{word}(?:覆盖率|达标率|普及率|建成率)", row.name)), None)
        if level is not None and level not in body:
            by_level[level].append(row)
    spoken = [word for word in _LEVELS if word in body]
    for level, rows in by_level.items():
        yield Finding(
            "denominators.unmentioned",
            f"“{rows[0].name}”以“{level}”为分母，正文里却没有提到过{level}。",
            tuple(row.place for row in rows),
            f"正文说到的是{joined(spoken)}，没有{level}的个数。",
            Severity.DOUBT,
            f"请写明有多少个{level}；如果已经没有，请改用现在的单位（如社区）。",
        )


def _gaps(plan: Plan) -> Iterator[Finding]:
    """Per table: columns without a year, first values that are missing, columns that are empty throughout."""
    for table in dict.fromkeys(row.table for row in plan.indicators):
        rows = [row for row in plan.indicators if row.table == table]
        place = next(t.place for t in plan.tables if t.caption == table and t.kind == "indicators")
        undated = [cell.header for cell in rows[0].cells if cell.year is None]
        if undated:
            yield Finding(
                "periods.column_without_year",
                f"“{table}”的“{joined(undated)}”一列没有写年份。",
                (place,),
                "没有年份就算不出期数，也不知道何时到期。",
                Severity.ERROR,
                "请在表头写明年份。",
            )
        bare_rows = [row for row in rows if row.start is not None and row.start.value is None and len(row.cells) > 1]
        if bare_rows:
            year = bare_rows[0].start.year if bare_rows[0].start else None
            yield Finding(
                "baselines.missing",
                f"“{table}”有 {len(bare_rows)} 个指标没有{f' {year} 年' if year else ''}基数，看不出变化。",
                tuple(row.place for row in bare_rows),
                joined(f"“{row.name}”" for row in bare_rows) + "。",
                Severity.HINT,
                "请补上基数；确实没有的，写明“新设指标”。",
            )
        if len(rows) > 2 and all(row.attribute == "" for row in rows):
            yield Finding(
                "tables.empty_column",
                f"“{table}”的“指标属性”一列全是空的。",
                (place,),
                f"{len(rows)} 行都没有写预期性或约束性。",
                Severity.HINT,
                "请逐个写明是预期性还是约束性。",
            )


def _sentences(plan: Plan) -> Iterator[Finding]:
    for quantity in plan.quantities:
        text = plan.paragraphs[quantity.paragraph].text
        after = text[quantity.end : quantity.end + 4]
        is_fraction = quantity.value != quantity.value.to_integral_value() and not quantity.is_scaled
        if (
            quantity.unit
            and quantity.unit in _COUNTED
            and is_fraction
            and not quantity.per
            and "平均" not in quantity.label
        ):
            yield Finding(
                "denominators.missing",
                f"“{quantity.label}”是 {plain(quantity.value)}{quantity.unit}，带小数却没有“每……”。",
                (quantity.place,),
                f"{quantity.unit}是整数，{plain(quantity.value)} 只能是平均数，缺少分母。",
                Severity.DOUBT,
                "请写明是每多少人（每百位、每万人）的数。",
            )
        elif quantity.unit == "%" and _covers_nothing(plan, text, quantity.start, after):
            yield Finding(
                "denominators.missing",
                f"“覆盖 {plain(quantity.value)}%”没有说是什么的百分之几。",
                (quantity.place,),
                f"“{quantity.place.quote}”里没有分母。",
                Severity.DOUBT,
                "请写明覆盖的是什么（如“的社区”）。",
            )
        elif quantity.unit == "%" and quantity.value > 100 and _is_share(text, quantity.label, quantity.start):
            yield Finding(
                "units.above_whole",
                f"“{quantity.label}”超过 100%。",
                (quantity.place,),
                f"“{quantity.place.quote}”：{plain(quantity.value)}% 大于全部。",
                Severity.ERROR,
                "请核对数值。",
            )
        elif not quantity.unit and quantity.is_scaled and re.search(r"金额|资金|投资|经费|收入|支出", quantity.label):
            yield Finding(
                "units.missing",
                f"“{quantity.label}”的数后面没有单位。",
                (quantity.place,),
                f"“{quantity.place.quote}”里只有万或亿，没有“元”。",
                Severity.HINT,
                "请补上“元”。",
            )
    for paragraph in plan.paragraphs:
        for start, end in sentences_of(paragraph.text):
            sentence = paragraph.text[start:end]
            met = _WITHOUT_YEAR.search(sentence)
            # The year may be named in this sentence or in the one before.
            before = paragraph.text[max(paragraph.text.rfind("。", 0, max(start - 1, 0)), 0) : start]
            if (
                met
                and not _YEAR.search(sentence)
                and not _YEAR.search(before)
                and re.search(r"[发完实达到未共]", sentence)
            ):
                a, b = clause_around(paragraph.text, start + met.start(), start, end)
                yield Finding(
                    "periods.missing",
                    f"“{met.group()}”没有说是哪一年。",
                    (paragraph.place(a, b),),
                    "这一句和前一句都没有年份。",
                    Severity.DOUBT,
                    "请写明年份。",
                )


def _is_share(text: str, label: str, start: int) -> bool:
    """A share of a whole cannot pass 100%; growth can."""
    is_growth = re.search(r"增|涨|提高|扩大|翻", label) is not None
    return not is_growth and (re.search(r"率|比例|占比|比重", label) is not None or text[:start].endswith("覆盖"))


def _covers_nothing(plan: Plan, text: str, start: int, after: str) -> bool:
    return text[max(start - 3, 0) : start].endswith(("覆盖", "覆盖了")) and not after.startswith(
        ("的", "以上的", "社区")
    )

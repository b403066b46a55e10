"""How a trial is said: one sentence for the heading, exact ratios as percents, charts with their numbers."""

from fractions import Fraction

from minsheng.foundation.pages.charts import Chart, Series
from minsheng.foundation.pages.wording import count, yuan
from minsheng.work.eligibility.rules import SMALL_CELL, masked_count
from minsheng.work.eligibility.whatif.answers import CeilingAnswer, MonthLine, WhatIf
from minsheng.work.eligibility.whatif.figures import Figure, Trial
from rulebook import Period
from rulebook.comparing import Band
from rulebook.ranges import div_round

WAN_FEN = 1_000_000  # fen in 万元


def money(fen: int) -> str:
    """This function will write an amount for a sentence: 48.2 万元 from ten thousand yuan on, else 3,200.00 元."""
    if abs(fen) < WAN_FEN:
        return f"{yuan(fen)} 元"
    tenths = div_round(abs(fen), WAN_FEN // 10)
    return f"{'-' if fen < 0 else ''}{tenths // 10:,}.{tenths % 10} 万元"


def few(number: int) -> str:
    """This function will write a count of households, or that they are fewer than can be shown."""
    shown = masked_count(number)
    return f"少于 {SMALL_CELL}" if shown is None else count(shown)


def percent(ratio: Fraction | None, places: int = 2) -> str:
    """This function will write an exact ratio as a percent, rounded once; None is 未知, never 0."""
    if ratio is None:
        return "未知"
    scaled = div_round(ratio.numerator * 10 ** (places + 2), ratio.denominator)
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}%"


def decimal(ratio: Fraction | None, places: int = 4) -> str:
    """This function will write an exact ratio as a decimal, rounded once; None is 未知."""
    if ratio is None:
        return "未知"
    scaled = div_round(ratio.numerator * 10**places, ratio.denominator)
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


def changes(trial: Trial, figures: tuple[Figure, ...], title: str) -> str:
    """This function will say what is tried."""
    words = ["停办" + title] if trial.off else []
    by_key = {figure.key: figure for figure in figures}
    for key, value in trial.changed.items():
        figure = by_key[key]
        verb = "提高到" if value > figure.value else "降低到"
        unit = "元" if figure.money else figure.unit
        shown = yuan(value) if figure.money else f"{value:,}"
        words.append(f"{figure.label.split('（')[0]}{verb} {shown} {unit}".strip())
    return "、".join(words)


def heading_of(answer: WhatIf, title: str) -> str:
    """This function will say the answer as one sentence."""
    if answer.trial.empty:
        return f"{title}：改一个数，马上看到谁多领、谁少领、花多少钱"
    parts = []
    if answer.gain:
        parts.append(f"{few(answer.gain)} 户多领")
    if answer.lose:
        parts.append(f"{few(answer.lose)} 户少领")
    if answer.more_fen:
        more = "多支出" if answer.more_fen > 0 else "少支出"
        parts.append(f"每月{more} {money(abs(answer.more_fen))}")
    said = "，".join(parts) or "没有一户的待遇变化"
    return f"{changes(answer.trial, answer.figures, title)}：{said}"


def band_words(band: Band) -> str:
    """This function will name a band of monthly changes."""
    if band.upto_fen is None:
        return f"{band.above_fen // 100:,} 元以上"
    low = f"{band.above_fen // 100:,}—" if band.above_fen else ""
    return f"{low}{band.upto_fen // 100:,} 元" if low else f"{band.upto_fen // 100:,} 元以内"


def scheme_chart(answer: WhatIf) -> Chart | None:
    """This function will draw what changes, scheme by scheme; None when nothing of it may be shown."""
    rows = [line for line in answer.schemes if line.more_fen and not line.hidden and line.period is Period.MONTH]
    if not rows:
        return None
    return Chart(
        key="schemes",
        title="哪些政策的支出变了",
        kind="bar",
        axis="政策",
        categories=[line.title for line in rows],
        series=[
            Series("现行", [div_round(line.before.fen, 100) for line in rows]),
            Series("试算", [div_round(line.after.fen, 100) for line in rows]),
        ],
        unit="元",
        source="每月支出，取整到元；精确到分的数见“分政策”表。",
    )


def street_chart(answer: WhatIf) -> Chart | None:
    """This function will draw the difference street by street; streets with too few households are left out."""
    rows = [line for line in answer.streets if line.more_fen and not line.hidden]
    if not rows:
        return None
    return Chart(
        key="streets",
        title="各街道每月多支出多少",
        kind="bar",
        axis="街道",
        categories=[line.name for line in rows],
        series=[Series("多支出", [div_round(line.more_fen, 100) for line in rows])],
        unit="元",
        source=f"取整到元。变化不足 {SMALL_CELL} 户的街道不画，以免认出个人。",
    )


def month_chart(lines: tuple[MonthLine, ...]) -> Chart:
    """This function will draw twelve months of cost under both laws."""
    return Chart(
        key="months",
        title="今后 12 个月每月支出",
        kind="line",
        axis="月份",
        categories=[f"{line.day.year}年{line.day.month}月" for line in lines],
        series=[
            Series("现行", [div_round(line.before_fen, 100) for line in lines]),
            Series("试算", [div_round(line.after_fen, 100) for line in lines]),
        ],
        unit="元",
        source="按现在登记的情况，只推算年龄增长和已公布的新规定，不预测收入、出生和去世。取整到元。",
    )


def ceiling_words(answer: CeilingAnswer) -> str:
    """This function will say how far a figure may go."""
    found, figure = answer.ceiling, answer.figure
    budget = money(answer.budget_fen)
    if not found.monotone:
        return f"支出不随“{figure.label}”单调变化，找不出一个界限。请直接试几个数。"
    if found.value is None:
        return f"把“{figure.label}”调到底，每月支出仍超过 {budget}。"
    unit = "元" if figure.money else figure.unit
    shown = f"{yuan(found.value) if figure.money else f'{found.value:,}'} {unit}".strip()
    verb = "最高" if found.rising else "最低"
    return f"“{figure.label}”{verb}可到 {shown}，每月共支出 {money(found.cost_fen or 0)}，不超过 {budget}。"

"""How words and figures of a plan are cleaned and compared; one place, so that all rules compare alike."""

import re
from collections.abc import Iterable
from decimal import Decimal

_MARKS = re.compile(r"\*\*|[¹²³⁰⁴-⁹\u200b\ufeff\x0c]")
_GAPS = re.compile(r"(?<=[^\x00-\x7f])[ \u3000]+|[ \u3000]+(?=[^\x00-\x7f])")
_PUNCTUATION = re.compile(r"[\s，,。.、；;：:！!？?“”\"'‘’（）()《》〈〉—\-–·]+")
_FIGURE = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
# Short forms that official Chinese uses side by side with the long ones.
_SHORT_FORMS = (("低保", "最低生活保障"), ("占比", "比例"), ("比率", "比例"), ("护理型", "护理"))


def cleaned(text: str) -> str:
    """This function will drop emphasis, note marks and the spaces that page layout put between Chinese and figures."""
    return _GAPS.sub("", _MARKS.sub("", text)).strip()


def bare(text: str) -> str:
    """This function will return only what a reader hears: no punctuation, no spaces."""
    return _PUNCTUATION.sub("", text)


def canonical(name: str) -> str:
    """This function will return a name without punctuation and with short forms written out."""
    name = bare(name)
    for short, long in _SHORT_FORMS:
        name = name.replace(short, long)
    return name


def longest_common(first: str, second: str) -> int:
    """This function will return the length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for left in first:
        diagonal = 0
        for place, right in enumerate(second, start=1):
            above = row[place]
            row[place] = diagonal + 1 if left == right else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def likeness(first: str, second: str) -> float:
    """This function will return the longest common subsequence over the longer name, 0 to 1."""
    first, second = canonical(first), canonical(second)
    return longest_common(first, second) / max(len(first), len(second), 1)


def coverage(first: str, second: str) -> float:
    """This function will return the longest common subsequence over the shorter name, 0 to 1."""
    first, second = canonical(first), canonical(second)
    return longest_common(first, second) / max(min(len(first), len(second)), 1)


def number_of(text: str) -> int | None:
    """This function will read 12, 十二, 二十三; None for anything else."""
    if text.isdecimal():
        return int(text)
    if not text or any(c not in _DIGITS and c != "十" for c in text):
        return None
    if "十" not in text:
        return _DIGITS[text] if len(text) == 1 else None
    tens, _, ones = text.partition("十")
    if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def decimal_of(text: str) -> Decimal | None:
    """This function will read a printed figure, thousands separators allowed; None when it is not one."""
    figure = text.replace(",", "").replace("，", "").strip()
    return Decimal(figure) if _FIGURE.fullmatch(figure) else None


def plain(value: Decimal) -> str:
    """This function will print a figure without exponent or trailing zeros."""
    return f"{value.normalize():f}" if value else "0"


def joined(words: Iterable[str]) -> str:
    """This function will join words as Chinese lists them."""
    return "、".join(words)

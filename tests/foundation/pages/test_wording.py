"""Amounts and days in the words that stand on pages and vouchers."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.foundation.pages import wording


@pytest.mark.parametrize(
    ("fen", "text"),
    [(180_600, "1,806.00"), (0, "0.00"), (5, "0.05"), (-123_456_789, "-1,234,567.89"), (None, "未知")],
)
def test_yuan(fen: int | None, text: str) -> None:
    assert wording.yuan(fen) == text


@pytest.mark.parametrize("wrong", [1806.0, True, "180600"])
def test_yuan_refuses_what_is_not_whole_fen(wrong: object) -> None:
    with pytest.raises(wording.UnableToWriteAmount, match="整数分"):
        wording.yuan(wrong)  # type: ignore[arg-type]


# 支付结算办法附一 gives: 1,409.50 / 6,007.14 / 107,000.53 / 16,409.02 / 325.04; the others are edges.
@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_700_053, "壹拾万零柒仟元伍角叁分"),  # the annex allows it with and without 零
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (180_600, "壹仟捌佰零陆元整"),
        (0, "零元整"),
        (7, "柒分"),
        (50, "伍角整"),
        (1_000, "壹拾元整"),
        (10_000_000_00, "壹仟万元整"),
        (1_0000_0001_00, "壹亿零壹元整"),
        (1_0010_0000_00, "壹亿零壹拾万元整"),
        (-180_600, "负壹仟捌佰零陆元整"),
        (None, "未知"),
    ],
)
def test_yuan_capital(fen: int | None, text: str) -> None:
    assert wording.yuan_capital(fen) == text


def _read_capital(text: str) -> int:
    """An independent reader of capital amounts."""
    digits = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total = section = digit = 0
    whole, _, rest = text.removeprefix("负").partition("元") if "元" in text else ("", "", text.removeprefix("负"))
    for char in whole:
        if char in digits:
            digit = digits[char]
        elif char in places:
            section, digit = section + digit * places[char], 0
        else:
            section += digit
            digit = 0
            if char == "万":
                total, section = total + section * 10_000, 0
            else:  # 亿 raises all that was read
                total, section = (total + section) * 100_000_000, 0
    yuan = total + section + digit
    jiao = re.search(r"(.)角", rest)
    fen = re.search(r"(.)分", rest)
    value = yuan * 100 + (digits[jiao.group(1)] * 10 if jiao else 0) + (digits[fen.group(1)] if fen else 0)
    return -value if text.startswith("负") else value


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_yuan_capital_reads_back(fen: int) -> None:
    text = wording.yuan_capital(fen)
    assert _read_capital(text) == fen
    assert "零零" not in text


def test_yuan_capital_refuses_what_it_cannot_say() -> None:
    with pytest.raises(wording.UnableToWriteAmount, match="太大"):
        wording.yuan_capital(10**18)


def test_days_and_moments() -> None:
    assert wording.day(date(2026, 11, 3)) == "2026年11月3日（星期二）"
    late = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)  # already the 4th in Hangzhou
    assert wording.day(late) == "2026年11月4日（星期三）"
    assert wording.moment(late) == "2026年11月4日 00:30"
    assert wording.day(None) == wording.moment(None) == wording.count(None) == "未知"
    with pytest.raises(ValueError, match="时区"):
        wording.moment(datetime(2026, 11, 3, 9, 0))  # noqa: DTZ001


def test_spans() -> None:
    said = [wording.span(s) for s in (20, 300, 7_800, 7_200, None)]
    assert said == ["不到1分钟", "约5分钟", "约2小时10分钟", "约2小时", "未知"]

"""What a cell of a table from outside says: yes and no, money, days, codes, numbers, as people write them. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from minsheng.records.registry.types import Value
from minsheng.records.registry.vocabulary import ValueType

RawCell = str | int | float | bool | date | datetime | time | None
_YES = frozenset({"是", "有", "对", "1", "y", "yes", "true", "√", "已", "在"})
_NO = frozenset({"否", "无", "没有", "不是", "0", "n", "no", "false", "×", "未", "不"})
_NOT_KNOWN = frozenset({"不详", "未知", "不清楚", "待查", "?", "？"})
_DAY = re.compile(r"^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?|(\d{2})(\d{2}))(?:\s+0{1,2}:00(?::00)?)?$")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = (3_654, 73_050)  # 1910 to 2099 as serial numbers
_LARGEST_FEN = 10**15


class UnableToReadCell(ValueError):
    """A cell does not say what its column asks for: what it says, and how to write it."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(what + remedy)


@dataclass(frozen=True)
class _NotKnown:
    """The source says that it is not known, which differs from saying nothing."""


NOT_KNOWN = _NotKnown()
ReadCell = Value | _NotKnown


def read_cell(
    raw: RawCell, *, type_: ValueType, codes: Mapping[str, str] | None = None, negative: bool = False
) -> ReadCell:
    """This function will read one cell; None for an empty one (nothing is said), NOT_KNOWN for 不详.

    Money is written in yuan and returned in fen; more than two decimals are refused, never rounded. Raises
    UnableToReadCell.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    if text in _NOT_KNOWN:
        return NOT_KNOWN
    match type_:
        case ValueType.BOOL:
            return _yes_or_no(raw, text)
        case ValueType.MONEY:
            return _fen(raw, text, negative)
        case ValueType.INT:
            return _whole(raw, text, negative)
        case ValueType.DATE:
            return _day(raw, text)
        case ValueType.CODE:
            return _code(text, codes or {})
        case _:
            return _text(raw, text)


def _yes_or_no(raw: RawCell, text: str) -> bool:
    if isinstance(raw, bool):
        return raw
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnableToReadCell(f"“{_short(text)}”看不出是还是否。", "请填“是”或“否”，不知道就填“不详”。")


def _fen(raw: RawCell, text: str, negative: bool) -> int:
    plain = text.replace(",", "").replace("¥", "").replace("￥", "").removesuffix("元").strip()
    if isinstance(raw, bool) or plain.endswith("万"):
        raise UnableToReadCell(f"“{_short(text)}”不是以元为单位的金额。", "请填数字，单位是元，例如 1806.00。")
    try:
        # A float of a workbook is written by repr, so 1806.1 stays 1806.1 and is not 1806.0999999.
        yuan = Decimal(repr(raw) if isinstance(raw, float) else plain)
    except InvalidOperation as problem:
        raise UnableToReadCell(f"“{_short(text)}”不是金额。", "请填数字，单位是元，例如 1806.00。") from problem
    if not yuan.is_finite():
        raise UnableToReadCell(f"“{_short(text)}”不是金额。", "请填数字，单位是元，例如 1806.00。")
    if yuan != round(yuan, 2):
        raise UnableToReadCell(f"“{_short(text)}”比分还小。", "请只保留两位小数，不会替您四舍五入。")
    fen = int(yuan * 100)
    if fen < 0 and not negative:
        raise UnableToReadCell(f"“{_short(text)}”是负数。", "这一项不能是负数，请核对。")
    if abs(fen) > _LARGEST_FEN:
        raise UnableToReadCell(f"“{_short(text)}”太大了。", "请核对单位是不是元。")
    return fen


def _whole(raw: RawCell, text: str, negative: bool) -> int:
    plain = text.replace(",", "")
    for word in ("级", "套", "辆", "项", "年", "人"):
        plain = plain.removesuffix(word)
    number = {"一": "1", "二": "2", "三": "3", "四": "4", "无": "0"}.get(plain, plain)
    if isinstance(raw, float) and raw.is_integer():
        number = str(int(raw))
    if isinstance(raw, bool) or not re.fullmatch(r"-?\d{1,9}", number):
        raise UnableToReadCell(f"“{_short(text)}”不是整数。", "请填整数，例如 2。")
    if int(number) < 0 and not negative:
        raise UnableToReadCell(f"“{_short(text)}”是负数。", "这一项不能是负数，请核对。")
    return int(number)


def _day(raw: RawCell, text: str) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool) and _EXCEL_DAYS[0] <= raw <= _EXCEL_DAYS[1]:
        return _EXCEL_EPOCH + timedelta(days=int(raw))
    found = _DAY.match(text)
    if not found or (found[3] is None and found[5] is None):
        raise UnableToReadCell(f"“{_short(text)}”不是完整的日期。", "请写成 2026-11-03，年月日都要有。")
    year, month, day = int(found[1]), int(found[2] or found[4]), int(found[3] or found[5])
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise UnableToReadCell(f"没有“{_short(text)}”这一天。", "请核对月和日。") from problem


def _code(text: str, codes: Mapping[str, str]) -> str:
    if text in codes:
        return text
    for code, label in codes.items():
        # 儿媳、女婿 may be written by either of its words.
        if text == label or text in label.split("、"):
            return code
    raise UnableToReadCell(f"没有“{_short(text)}”这个选项。", f"请填其中之一：{'、'.join(codes.values())}。")


def _text(raw: RawCell, text: str) -> str:
    if isinstance(raw, float):
        if not raw.is_integer() or abs(raw) >= 1e15:
            # A long number that a spreadsheet turned into 3.30102E+17 has lost its last digits for good.
            raise UnableToReadCell(
                f"“{_short(text)}”被表格软件改成了科学计数，后几位已经丢了。", "请把这一列设为文本，重新填写。"
            )
        return str(int(raw))
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) >= 10**15:
        raise UnableToReadCell("长号码存成了数字，表格软件会把后几位变成 0。", "请把这一列设为文本，重新填写或粘贴。")
    return text


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:19] + "…"

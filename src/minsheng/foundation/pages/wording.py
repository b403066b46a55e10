"""How amounts, days and counts are written for people. Pure; pages, documents, exports and messages all use it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

UNKNOWN = "未知"
BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_WEEKDAYS = "一二三四五六日"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万亿")
_LARGEST_FEN = 10**18 - 1  # 9,999 万亿 元: more than any budget, and all that four groups of four digits can say


class UnableToWriteAmount(TypeError):
    """An amount is not an integer number of fen; a float here would already be a wrong amount."""


def yuan(fen: int | None) -> str:
    """This function will write fen as yuan with thousands and two decimals ("1,806.00"); None is 未知, never 0.00."""
    if fen is None:
        return UNKNOWN
    whole, cents = divmod(abs(_checked(fen)), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02d}"


def yuan_capital(fen: int | None) -> str:
    """This function will write fen in capital form, as on vouchers (支付结算办法, annex I): 壹仟捌佰零陆元整.

    整 follows 元 and 角, never 分. Zeros inside the number are read once; None is 未知.
    """
    if fen is None:
        return UNKNOWN
    amount = abs(_checked(fen))
    if amount > _LARGEST_FEN:
        raise UnableToWriteAmount(f"金额 {fen} 分太大，不能写成大写。请核对单位是不是分。")
    whole, jiao, cent = amount // 100, amount // 10 % 10, amount % 10
    text = "负" if fen < 0 else ""
    if whole:
        text += _capital_integer(whole) + "元"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif whole and cent:
        text += "零"
    if cent:
        return text + _DIGITS[cent] + "分"
    return text + "整" if amount else "零元整"


def _capital_integer(number: int) -> str:
    groups = []
    while number:
        number, low = divmod(number, 10_000)
        groups.append(low)
    text, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        digits = f"{groups[index]:04d}"
        if not groups[index]:
            gap = True
            continue
        for place, digit in zip(_PLACES, digits, strict=True):
            if digit == "0":
                gap = True
                continue
            if gap and text:
                text += "零"
            gap = False
            text += _DIGITS[int(digit)] + place
        text += _GROUPS[index]
        gap = digits.endswith("0")
    return text


def _checked(fen: int) -> int:
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise UnableToWriteAmount(f"金额要用整数分表示，收到的是 {type(fen).__name__}：{fen!r}。")
    return fen


def day(value: date | datetime | None) -> str:
    """This function will write a day as 2026年11月3日（星期二）; an instant counts as its day in Asia/Shanghai."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        value = _local(value).date()
    return f"{value.year}年{value.month}月{value.day}日（星期{_WEEKDAYS[value.weekday()]}）"


def moment(value: datetime | None) -> str:
    """This function will write an instant as 2026年11月3日 14:05, Asia/Shanghai; a naive datetime is refused."""
    if value is None:
        return UNKNOWN
    local = _local(value)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"时刻 {value} 没有时区，不知道是哪里的几点。")
    return value.astimezone(BUSINESS_ZONE)


def count(value: int | None) -> str:
    """This function will write a number of things with thousands ("1,204"); None is 未知."""
    return UNKNOWN if value is None else f"{value:,}"


def span(seconds: float | None) -> str:
    """This function will write a length of time roughly, as people say it: 不到1分钟, 约5分钟, 约2小时10分钟."""
    if seconds is None:
        return UNKNOWN
    minutes = round(seconds / 60)
    if minutes < 1:
        return "不到1分钟"
    if minutes < 60:
        return f"约{minutes}分钟"
    hours, rest = divmod(minutes, 60)
    return f"约{hours}小时{rest}分钟" if rest else f"约{hours}小时"

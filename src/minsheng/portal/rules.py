"""Pure decisions of the residents' pages: what a code looks like, how long it holds, who may have one."""

from collections.abc import Callable
from datetime import date, timedelta

from minsheng.foundation.calendars.types import WorkingDays

CODE_DIGITS = 12
SELECTOR_DIGITS = 4  # finds the row; the other eight are the secret
CODE_LIFE = timedelta(days=3)
SESSION_LIFE = timedelta(hours=2)
TRIES = 5
HAPPINESS_LIFE = timedelta(minutes=10)
AUTHORISED_DAYS = 365
PAUSE_AFTER_NO = timedelta(days=180)  # 演示参数: how long an offer that was declined is not made again
# 演示参数: 个人信息保护法第五十条 asks for a convenient way and a reason, and names no days.
ANSWER_WITHIN = WorkingDays(15)
# What is given without an application (免申即享). 低保 and 特困 must be applied for (民发〔2021〕57号第二十八条).
# 演示参数: that these are given so in Hangzhou was not found in a document.
WITHOUT_APPLICATION = frozenset({"old_age_allowance", "price_subsidy", "medical_insurance_premium_aid"})
# 演示参数: by the tenth of its month, as earlier rules of the ministry said; Hangzhou's own day was not found.
PAID_BY_DAY = 10
ADULT_YEARS = 18  # 民法典第十七条、第十八条：成年人可以独立实施民事法律行为


def new_code(*, random_digits: Callable[[int], str], taken: frozenset[str]) -> tuple[str, str]:
    """This function will draw a code as (selector, secret); `taken` are the selectors of codes that still hold.

    Digits alone: they are typed on the number pad of an old telephone. Raises LookupError when every selector is taken.
    """
    if len(taken) >= 10**SELECTOR_DIGITS * 9 // 10:
        raise LookupError("too many codes are in force")
    while (selector := random_digits(SELECTOR_DIGITS)) in taken:
        pass
    return selector, random_digits(CODE_DIGITS - SELECTOR_DIGITS)


def shown_code(selector: str, secret: str) -> str:
    """This function will write a code in groups of four, as it is printed and read out: 0417 8823 5519."""
    digits = selector + secret
    return " ".join(digits[i : i + 4] for i in range(0, CODE_DIGITS, 4))


def typed_code(text: str) -> tuple[str, str] | None:
    """This function will read a typed code as (selector, secret), whatever stands between the digits; else None."""
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    digits = "".join(c for c in text.translate(wide) if c in "0123456789")
    return (digits[:SELECTOR_DIGITS], digits[SELECTOR_DIGITS:]) if len(digits) == CODE_DIGITS else None


def may_have_code(*, birth_date: date | None, on: date) -> bool:
    """This function will say whether somebody is old enough; an unknown birth date is left to the clerk's eyes."""
    if birth_date is None:
        return True
    birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (not birthday) >= ADULT_YEARS


def paid_by(month: date | None, *, today: date) -> date | None:
    """This function will return the day by which a month's amount is there; None when that day has passed."""
    if month is None:
        return None
    day = month.replace(day=PAID_BY_DAY)
    return day if day >= today else None

"""When a sign-in ends, what counts as a second factor, and when an account sleeps. Pure.

Instants here are seconds since 1970 as the browser's session keeps them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

IDLE_SECONDS = 15 * 60
ABSOLUTE_SECONDS = 10 * 3600
SEEN_EVERY_SECONDS = 60  # a click writes the session at most this often
STEP_UP_SECONDS = 5 * 60
ENROL_SECONDS = 15 * 60  # after the password, without asking for it again
KEPT_FORM_HOURS = 24
KEPT_FORM_BYTES = 200_000
INITIAL_PASSWORD_HOURS = 72
DORMANT_DAYS = 90

SECOND_FACTOR = "mfa"


class Ended(StrEnum):
    """Why a sign-in is over."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


ENDED_WORDS = {
    Ended.IDLE: "您有 15 分钟没有操作，为了安全已经退出。请再登录一次，刚才填的内容会放回原处。",
    Ended.ABSOLUTE: "这次登录已满 10 小时，请再登录一次，刚才填的内容会放回原处。",
}


def ended(*, began: float, seen: float, now: float) -> Ended | None:
    """This function will say whether a sign-in is over, and why; work does not lengthen the ten hours."""
    if now - began >= ABSOLUTE_SECONDS:
        return Ended.ABSOLUTE
    return Ended.IDLE if now - seen >= IDLE_SECONDS else None


def second_factor_at(records: Iterable[Mapping[str, Any]]) -> float | None:
    """This function will return when this session last proved a second factor, or None."""
    times = [float(record["at"]) for record in records if record.get("method") == SECOND_FACTOR]
    return max(times, default=None)


def is_fresh(proved_at: float | None, *, now: float) -> bool:
    """This function will say whether a second factor was proved recently enough for a sensitive act."""
    return proved_at is not None and 0 <= now - proved_at < STEP_UP_SECONDS


def has_lapsed(*, initial: bool, issued_at: datetime | None, at: datetime) -> bool:
    """This function will say whether a password that was handed over has waited too long for its owner."""
    return initial and issued_at is not None and at - issued_at >= timedelta(hours=INITIAL_PASSWORD_HOURS)


def is_dormant(*, opened_at: datetime, last_login: datetime | None, enabled_at: datetime | None, at: datetime) -> bool:
    """This function will say whether nobody has signed in for 90 days; enabling an account again starts anew."""
    latest = max(one for one in (opened_at, last_login, enabled_at) if one is not None)
    return at - latest >= timedelta(days=DORMANT_DAYS)


_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "浙政钉"),
    ("Edg", "Edge"),
    ("Firefox", "火狐"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


def browser_name(user_agent: str) -> str:
    """This function will name a browser and its machine as people do; what it cannot tell it calls 其他."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), "其他浏览器")
    machine = next((name for word, name in _MACHINES if word in user_agent), "其他设备")
    return f"{browser}，{machine}"

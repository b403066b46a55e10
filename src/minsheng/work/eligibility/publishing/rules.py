"""Pure decisions of the publishing gate: who may do what when, from which month it counts, what the budget says."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

from minsheng.work.eligibility.publishing.types import Act, Effect, GivenVersion, Outlook, Status

TRANSITIONS: Mapping[tuple[Status, Act], Status] = {
    (Status.DRAFTED, Act.REVISE): Status.DRAFTED,
    (Status.DRAFTED, Act.CHECK): Status.CHECKED,
    (Status.DRAFTED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.CHECKED, Act.REVISE): Status.DRAFTED,
    (Status.CHECKED, Act.CHECK): Status.CHECKED,
    (Status.CHECKED, Act.START_TRIAL): Status.TRYING,
    (Status.CHECKED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.TRYING, Act.START_TRIAL): Status.TRYING,  # a trial whose worker died is begun again
    (Status.TRYING, Act.RECORD_TRIAL): Status.TRIED,
    (Status.TRYING, Act.FAIL_TRIAL): Status.CHECKED,
    (Status.TRYING, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.TRIED, Act.REVISE): Status.DRAFTED,
    (Status.TRIED, Act.START_TRIAL): Status.TRYING,
    (Status.TRIED, Act.SUBMIT): Status.SUBMITTED,
    (Status.TRIED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.SUBMITTED, Act.SIGN): Status.PUBLISHED,
    (Status.SUBMITTED, Act.RETURN): Status.RETURNED,
    (Status.SUBMITTED, Act.WITHDRAW): Status.WITHDRAWN,
    (Status.RETURNED, Act.REVISE): Status.DRAFTED,
    (Status.RETURNED, Act.WITHDRAW): Status.WITHDRAWN,
}
# Whose act it is: the author's, anybody's but the author's (four eyes), or the system's.
AUTHOR, ANOTHER, SYSTEM = "author", "another", "system"
WHOSE: Mapping[Act, str] = {
    Act.REVISE: AUTHOR,
    Act.CHECK: AUTHOR,
    Act.START_TRIAL: AUTHOR,
    Act.SUBMIT: AUTHOR,
    Act.WITHDRAW: AUTHOR,
    Act.SIGN: ANOTHER,
    Act.RETURN: ANOTHER,
    Act.RECORD_TRIAL: SYSTEM,
    Act.FAIL_TRIAL: SYSTEM,
}


def status_after(status: Status, act: Act) -> Status | None:
    """This function will return the status that follows, or None where the act is not allowed."""
    return TRANSITIONS.get((status, act))


def refusal(*, status: Status, act: Act, author_id: int, actor_id: int) -> str:
    """This function will say why an act is refused, and what to do; empty when it may be done."""
    if status_after(status, act) is None:
        return f"这项改动现在是“{status.label}”，不能{act.label}。请刷新后看下一步该做什么。"
    if WHOSE[act] == AUTHOR and actor_id != author_id:
        return f"只有起草人能{act.label}。请起草人办理，或另外起草一项。"
    if WHOSE[act] == ANOTHER and actor_id == author_id:
        return f"起草人不能{act.label}自己起草的改动。请另一名有签发权的人办理。"
    return ""


def acts_open_to(*, status: Status, author_id: int, actor_id: int) -> tuple[Act, ...]:
    """This function will list the acts that one person may do now, in the order of the procedure."""
    return tuple(
        act
        for act in Act
        if WHOSE[act] != SYSTEM and not refusal(status=status, act=act, author_id=author_id, actor_id=actor_id)
    )


def backdating_refusal(*, in_force_date: date, signed_date: date, backdating_basis: str) -> str:
    """This function will refuse a day that has passed, unless the grounds for reaching back are written down."""
    if in_force_date >= signed_date or backdating_basis.strip():
        return ""
    day = f"{in_force_date.year}年{in_force_date.month}月{in_force_date.day}日"
    return f"生效日 {day} 已经过了，不能签发。由起草人改期；法规明文要求追溯的，写明追溯的依据。"


def first_month_in_force(in_force_date: date) -> date:
    """This function will return the first month whose money follows the new figure: benefits are decided by month.

    The law of a month is the law of its first day, so a figure that begins on the 2nd counts from the next month on.
    """
    if in_force_date.day == 1:
        return in_force_date
    return date(in_force_date.year + in_force_date.month // 12, in_force_date.month % 12 + 1, 1)


def effect_of(before: tuple[str, int | None], after: tuple[str, int | None]) -> Effect | None:
    """This function will name what changes for one beneficiary between two (status, payable fen); None: nothing."""
    if before == after:
        return None
    known = [side for side in (before, after) if side[0] != "unknown" and side[1] is not None]
    if len(known) < 2:
        return Effect.UNSETTLED
    old, new = (side[1] or 0 for side in (before, after))
    if before[0] != after[0]:
        return Effect.GAINS if after[0] == "entitled" else Effect.LOSES
    if old == new:
        return None
    return Effect.MORE if new > old else Effect.LESS


def outlook(
    *,
    year: int,
    amount_fen: int | None,
    spent_fen: int | None,
    spent_until: date | None,
    first_month: date,
    before_fen: int,
    after_fen: int,
) -> Outlook:
    """This function will say what is left of a year's budget when the new figures hold from `first_month` on.

    `before_fen`, `after_fen`: per month, if everybody entitled receives. Spent covers the months before `spent_until`.
    An unknown budget is unknown, never zero.
    """
    if amount_fen is None:
        return Outlook(year, None, None, None, None, "还没有录入这一年的预算")
    if spent_fen is None or spent_until is None:
        return Outlook(year, amount_fen, None, None, None, "还没有录入已经支出多少")
    paid = _months_of(year, spent_until)
    turn = min(12, max(paid, _months_of(year, first_month)))
    forecast = spent_fen + before_fen * (turn - paid) + after_fen * (12 - turn)
    return Outlook(year, amount_fen, spent_fen, forecast, amount_fen - forecast)


def _months_of(year: int, day: date) -> int:
    """Full months of `year` that lie before the month of `day`."""
    return min(12, max(0, (day.year - year) * 12 + day.month - 1))


def content_of(*, in_force_date: date, versions: Iterable[GivenVersion]) -> str:
    """This function will write what is published as canonical JSON; its hash is what was checked, tried and signed."""
    rows = sorted([one.name, one.value, list(one.edges), list(one.values), one.basis, one.doubt] for one in versions)
    given = {"from": in_force_date.isoformat(), "versions": rows}
    return json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def next_law_version(*, previous: str, content: str) -> str:
    """This function will chain one publication to those before it: the sha256 that names the law as data."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()

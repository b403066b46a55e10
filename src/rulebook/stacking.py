"""What may be received together: exclusive, difference only, both. Data in policies/stacking.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from rulebook.problems import Problems
from rulebook.units import Period
from rulebook.yaml_reading import Mapped, listed

if TYPE_CHECKING:
    from rulebook.book import Scheme
    from rulebook.law import Law

Status = Literal["entitled", "not_entitled", "unknown"]


@dataclass(frozen=True)
class StackingRule:
    """`first` and `others`: exclusive — the first is kept; difference — the first pays the rest; both — no effect."""

    kind: str
    first: str
    others: tuple[str, ...]
    prefer: str  # exclusive only: `first` or `higher`
    from_date: date
    to_date: date | None
    basis: str
    doubt: str | None
    conflict: str | None

    def holds_on(self, day: date) -> bool:
        """This function will tell whether the rule is in force; the end is exclusive."""
        return self.from_date <= day and (self.to_date is None or day < self.to_date)


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome before stacking, in fen per period of its scheme (`Scheme.period`).

    `share_fen`: one covered person's part; `counted`: is it a counted member.
    """

    scheme: str
    person: str | None
    status: Status
    amount_fen: int | None
    share_fen: int | None
    counted: bool | None = None


@dataclass(frozen=True)
class Reduction:
    """Why less is paid: the rule, the other benefit, and how much, in fen per period (None: cannot be said yet)."""

    rule: StackingRule
    against: str
    fen: int | None
    text: str


@dataclass(frozen=True)
class Payable:
    """An outcome after stacking, in fen per `period`: `amount_fen` before, `payable_fen` after; None while unknown.

    Add up only what has the same period.
    """

    scheme: str
    person: str | None
    status: Status
    amount_fen: int | None
    payable_fen: int | None
    reductions: tuple[Reduction, ...] = ()
    period: Period = Period.MONTH


def read_stacking(raw: Any, schemes: Mapping[str, Scheme], problems: Problems) -> tuple[StackingRule, ...]:
    """This function will read stacking.yaml: a list of {kind, first, others, from, basis …}, or one.

    Rules that subtract or compare amounts (difference, prefer: higher) may name only schemes of one period.
    """
    made = []
    for row in raw if isinstance(raw, list) else [] if raw is None else [raw]:
        if not isinstance(row, Mapped):
            problems.add("stacking.yaml", 1, "有一行不是“名称: 内容”", "每条规定要写明是哪两项", "写成“名称: 内容”")
            continue
        kind, first = str(row.get("kind")), str(row.get("first"))
        others = tuple(map(str, listed(row, "others", problems)))
        if kind not in ("exclusive", "difference", "both"):
            problems.add(row.file, row.line_of("kind"), f"不认识 kind: {kind!r}",
                         "它说明两项都符合时怎么办",
                         "写成 exclusive（只领一项）、difference（补差）或 both（都领）")  # fmt: skip
        for name in (first, *others):
            if name not in schemes and not row.get("outside"):
                problems.add(row.file, row.line, f"没有政策 {name!r}", "这条规定永远用不上",
                             "改正名字；不由本系统计算的待遇，加上 `outside: true`")  # fmt: skip
        _one_period(row, [schemes[name] for name in (first, *others) if name in schemes], problems)
        if not row.get("basis"):
            problems.add(row.file, row.line, "这条规定没有写依据", "它会让人少领钱", "加上 `basis:`，写明第几条")
        if not isinstance(row.get("from"), date):
            problems.add(row.file, row.line, "这条规定没有日期", "每条规定都从某一天起才有效", "加上 `from:`")
            continue
        made.append(StackingRule(kind, first, others, str(row.get("prefer", "first")), row["from"], row.get("to"),
                                 str(row.get("basis", "")), row.get("doubt"), row.get("conflict")))  # fmt: skip
    return tuple(made)


def _one_period(row: Mapped, named: Sequence[Scheme], problems: Problems) -> None:
    periods = {scheme.code: scheme.period.value for scheme in named}
    if len(set(periods.values())) > 1 and (row.get("kind") == "difference" or row.get("prefer") == "higher"):
        said = ", ".join(f"{code} ({period})" for code, period in periods.items())
        problems.add(row.file, row.line, f"把发放周期不同的金额放在一起比：{said}",
                     "一次性的钱和每月的钱比不出多少",
                     "写成 kind: exclusive 加 prefer: first，或者 kind: both")  # fmt: skip


def apply_stacking(law: Law, outcomes: Sequence[OutcomeRow]) -> tuple[Payable, ...]:
    """This function will say what is paid for one household after stacking; order of rows is kept.

    Exclusive rules first, then differences, in the order of stacking.yaml. Only the rows of one household may be
    given. An unknown benefit that could reduce another makes the other's payable unknown, never larger.
    """
    made = {
        (row.scheme, row.person): Payable(
            row.scheme, row.person, row.status, row.amount_fen, row.amount_fen if row.status == "entitled" else None,
            period=law.book.schemes[row.scheme].period,
        )
        for row in outcomes
    }  # fmt: skip
    made = {key: replace(p, payable_fen=0) if p.status == "not_entitled" else p for key, p in made.items()}
    rules = [rule for rule in law.book.stacking if rule.holds_on(law.day)]
    for kind in ("exclusive", "difference"):
        for rule in rules:
            if rule.kind == kind:
                _apply(rule, outcomes, made)
    return tuple(made[(row.scheme, row.person)] for row in outcomes)


def _apply(rule: StackingRule, outcomes: Sequence[OutcomeRow], made: dict[tuple[str, str | None], Payable]) -> None:
    for own in outcomes:
        if own.scheme != rule.first or own.status == "not_entitled":
            continue
        for other in outcomes:
            if other.scheme not in rule.others or other.status == "not_entitled" or not _same_person(own, other):
                continue
            if rule.kind == "exclusive":
                _exclude(rule, own, other, made)
            else:
                part, now = _share(own, other), made[(other.scheme, other.person)].payable_fen
                if part is not None and now is not None and other.person:
                    part = min(part, now)
                _reduce(rule, own, other, _certain(own, other, part), made)


def _same_person(own: OutcomeRow, other: OutcomeRow) -> bool:
    """A household's benefit concerns a person unless that person is surely not one of its counted members."""
    if own.person is not None and other.person is not None:
        return own.person == other.person
    personal = own if own.person is not None else other
    return personal.counted is not False


def _share(own: OutcomeRow, other: OutcomeRow) -> int | None:
    return other.share_fen if own.person is not None and other.person is None else other.amount_fen


def _certain(own: OutcomeRow, other: OutcomeRow, fen: int | None) -> int | None:
    sure = other.status == "entitled" and other.amount_fen is not None
    crossing = own.person is not None and other.person is None
    return fen if sure and not (crossing and own.counted is None) else None


def _exclude(
    rule: StackingRule, own: OutcomeRow, other: OutcomeRow, made: dict[tuple[str, str | None], Payable]
) -> None:
    mine, theirs = made[(own.scheme, own.person)].payable_fen, made[(other.scheme, other.person)].payable_fen
    part = other.share_fen if own.person is not None and other.person is None else theirs
    if rule.prefer == "higher":
        if mine is None or part is None:
            _reduce(rule, own, other, None, made)
            _reduce(rule, other, own, None, made)
            return
        if part > mine:
            _reduce(rule, own, other, mine, made)
            return
    crossing = own.person is not None and other.person is None and own.counted is None
    _reduce(rule, other, own, part if own.status == "entitled" and not crossing else None, made)


def _reduce(
    rule: StackingRule,
    loser: OutcomeRow,
    winner: OutcomeRow,
    fen: int | None,
    made: dict[tuple[str, str | None], Payable],
) -> None:
    key = (loser.scheme, loser.person)
    now = made[key]
    left = None if fen is None or now.payable_fen is None else max(0, now.payable_fen - fen)
    taken = None if left is None or now.payable_fen is None else now.payable_fen - left
    words = {"exclusive": "只能享受其中一项", "difference": "已享受的部分抵扣，只补差额"}[rule.kind]
    reason = Reduction(rule, winner.scheme, taken, f"{words}（{rule.basis}）")
    made[key] = replace(now, payable_fen=left, reductions=(*now.reductions, reason))

"""Pure decisions: which claim counts, who belongs to a household for which purpose, who may be the same person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from minsheng.records.registry.types import Claim, Cover, Fact, HouseholdPurpose, IdKind, Statement, SubjectKind, Value
from minsheng.records.registry.vocabulary import ATTRIBUTES, read_value

MATCHED_BY_REGISTERS = frozenset({IdKind.RESIDENT_ID, IdKind.FOREIGN_PERMANENT})
ADULT_AGE = 18
CLERGY_APART_YEARS = 3
MOST_DAYS_BETWEEN_BIRTHDAYS = 31


def holds(*, statement: Statement, as_of: date, known_at: datetime) -> bool:
    """This function will say whether a statement speaks of the day, and was known and not withdrawn at the instant."""
    return (
        statement.valid_from <= as_of
        and (statement.valid_to is None or statement.valid_to > as_of)
        and statement.recorded_at <= known_at
        and (statement.retracted_at is None or statement.retracted_at > known_at)
    )


def _strength(claim: Claim) -> tuple[int, datetime, int]:
    return (claim.confidence, claim.recorded_at, claim.statement_id or 0)


def resolve(
    *,
    subject: SubjectKind,
    statements: Iterable[Statement],
    coverage: Mapping[str, Cover],
    as_of: date,
    known_at: datetime,
    matched: bool,
    base: Mapping[str, Claim],
) -> dict[str, Fact]:
    """This function will return every attribute of a subject: the strongest claim, and the claims against it.

    Highest confidence wins, then the latest recorded, then the highest id. An attribute that nobody speaks of has the
    default of its complete register, if the subject could be `matched` with the register and the register does not say
    "not known"; else it is unknown (value None). `base` are the claims that stand on the person's own row.
    """
    claims: dict[str, list[Claim]] = {name: [claim] for name, claim in base.items() if claim.value is not None}
    silent: set[str] = set()
    for statement in statements:
        if not holds(statement=statement, as_of=as_of, known_at=known_at):
            continue
        for name, stored in statement.values.items():
            if name not in ATTRIBUTES:
                continue
            value = read_value(name, stored)
            if value is None:
                silent.add(name)
                continue
            claims.setdefault(name, []).append(
                Claim(
                    value,
                    statement.source,
                    statement.confidence,
                    statement.valid_from,
                    statement.valid_to,
                    statement.recorded_at,
                    statement.id,
                )
            )
    facts = {}
    for attribute in ATTRIBUTES.values():
        if attribute.subject is not subject:
            continue
        candidates = sorted(claims.get(attribute.name, ()), key=_strength, reverse=True)
        if candidates:
            winner, *others = candidates
            against = tuple(claim for claim in others if claim.value != winner.value)
            facts[attribute.name] = Fact(attribute.name, winner.value, winner, against)
            continue
        cover = coverage.get(attribute.name)
        if cover is not None and matched and attribute.name not in silent:
            said = Claim(
                cover.absent_value, cover.source, 0, cover.complete_as_of, None, cover.recorded_at, by_silence=True
            )
            facts[attribute.name] = Fact(attribute.name, cover.absent_value, said)
        else:
            facts[attribute.name] = Fact(attribute.name, None, None)
    return facts


def newest_coverage(*, covers: Iterable[Cover], as_of: date, known_at: datetime) -> dict[str, Cover]:
    """This function will return, per attribute, the newest complete register that is not too old for the day."""
    best: dict[str, Cover] = {}
    for cover in covers:
        too_old = cover.complete_as_of + timedelta(days=cover.good_for_days) < as_of
        if too_old or cover.recorded_at > known_at or cover.attribute not in ATTRIBUTES:
            continue
        now = best.get(cover.attribute)
        if now is None or (cover.complete_as_of, cover.source) > (now.complete_as_of, now.source):
            best[cover.attribute] = cover
    return best


def age_on(*, birth_date: date, on: date) -> int:
    """This function will return completed years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


@dataclass(frozen=True)
class Candidate:
    """Somebody who may belong to a household: how they are bound to it, and the facts that decide."""

    person_id: int
    relation: str
    lives_here: bool
    registered_here: bool
    birth_date: date | None
    facts: Mapping[str, Value]
    kin_of_member: str = ""  # spouse or child of somebody who lives here, for those who live elsewhere


ARTICLE_COUNT = "民发〔2021〕57号第七条"
_OWES_SUPPORT = frozenset({"head", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "child_in_law"})


def belongs(*, candidate: Candidate, purpose: HouseholdPurpose, on: date) -> tuple[bool, str]:
    """This function will say whether somebody counts as a member for a purpose, and why (not).

    Assistance follows 民发〔2021〕57号 Art 7: spouse, minor children, adult children who cannot live independently
    (full-time students up to bachelor degree included), others with a statutory duty of support who live together; not
    counted: clergy apart for three years, people in prison or compulsory drug treatment, people declared missing.
    """
    if purpose is HouseholdPurpose.RESIDENCE:
        return (candidate.lives_here, "" if candidate.lives_here else "不住在这里")
    if purpose is HouseholdPurpose.HUKOU:
        return (candidate.registered_here, "" if candidate.registered_here else "户口不在这一户")
    facts = candidate.facts
    if facts.get("dead") is True:
        return False, "已去世"
    if facts.get("in_custody") is True:
        return False, f"服刑或强制隔离戒毒，不计入（{ARTICLE_COUNT}）"
    if facts.get("declared_missing") is True:
        return False, f"被法院宣告失踪，不计入（{ARTICLE_COUNT}）"
    years = facts.get("clergy_living_apart_years")
    if isinstance(years, int) and years >= CLERGY_APART_YEARS:
        return False, f"宗教教职人员连续三年以上与家庭分居，不计入（{ARTICLE_COUNT}）"
    if candidate.lives_here:
        if candidate.relation in _OWES_SUPPORT:
            return True, ""
        return False, f"住在一起，但没有法定赡养、抚养、扶养义务（{ARTICLE_COUNT}）"
    if candidate.kin_of_member == "spouse":
        return True, f"配偶住在别处，仍计入（{ARTICLE_COUNT}）"
    if candidate.kin_of_member == "child":
        if candidate.birth_date is not None and age_on(birth_date=candidate.birth_date, on=on) < ADULT_AGE:
            return True, f"未成年子女住在别处，仍计入（{ARTICLE_COUNT}）"
        if facts.get("full_time_student") is True:
            return True, f"在读本科及以下的子女住在别处，仍计入（{ARTICLE_COUNT}）"
        if facts.get("employment_status") == "unable":
            return True, f"不能独立生活的成年子女，仍计入（{ARTICLE_COUNT}）"
        return False, "成年子女住在别处，能独立生活"
    return False, "不住在这里"


def close_birthdays(first: date, second: date) -> bool:
    """This function will say whether two birth dates may be one: few days apart, month and day swapped, a year off."""
    if abs((first - second).days) <= MOST_DAYS_BETWEEN_BIRTHDAYS:
        return True
    if first.year == second.year and (first.month, first.day) == (second.day, second.month):
        return True
    return (first.month, first.day) == (second.month, second.day) and abs(first.year - second.year) <= 1


def chain_end(*, start: int, merged_into: Mapping[int, int | None]) -> int:
    """This function will follow a merged record to the one that stands for it."""
    seen, here = {start}, start
    while (following := merged_into.get(here)) is not None:
        if following in seen:
            raise ValueError(f"merge cycle at person {following}")
        seen.add(following)
        here = following
    return here


def surname_first(tokens: Sequence[str]) -> str:
    """This function will join the parts of a name that were typed apart."""
    return "".join(tokens)

"""Words and rows for the pages: facts in order, timelines by kind, members with ages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.foundation.pages.masking import Audience, PersonView, Wanted, age_on, person_view
from minsheng.foundation.pages.wording import day
from minsheng.records.registry.days import business_day
from minsheng.records.registry.types import Claim, Event, Fact, Member, PersonCard, Sex
from minsheng.records.registry.vocabulary import ATTRIBUTES, SOURCES, Sensitivity, spoken_value

GROUPS = (
    (Sensitivity.PLAIN, "基本情况"),
    (Sensitivity.FAMILY, "家庭"),
    (Sensitivity.INCOME, "收入和财产"),
    (Sensitivity.HEALTH, "健康"),
    (Sensitivity.JUSTICE, "司法"),
)
TIMELINE_KINDS = (
    ("fact", "记录"),
    ("household", "家庭"),
    ("merge", "合并"),
    ("death", "去世"),
    ("registered", "登记"),
    ("look", "谁看过"),
)
ACTIONS = {
    "registry.person_opened": "看了这一页",
    "registry.household_opened": "看了这一户",
    "registry.person_created": "登记了这个人",
    "registry.person_corrected": "更正了资料",
    "registry.person_moved": "办了迁移",
    "registry.death_registered": "登记了去世",
    "registry.fact_recorded": "记了一条",
    "registry.fact_retracted": "撤回了一条",
    "registry.persons_merged": "合并了记录",
    "registry.persons_unmerged": "拆开了记录",
    "registry.id_number_revealed": "看了完整证件号",
    "registry.phone_revealed": "看了完整电话",
    "registry.relation_added": "记了亲属关系",
}


@dataclass(frozen=True)
class Row:
    """One fact, ready to print."""

    label: str
    value: str
    source: str
    since: str
    confidence: int
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Facts of one sort."""

    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Facts:
    """Facts as a page shows them: what somebody stated, what registers say by silence, and what nobody knows."""

    groups: tuple[Group, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]


def facts_shown(facts: Iterable[Fact]) -> Facts:
    """This function will sort facts for a page; a register's silence is shown apart, because nobody said it aloud."""
    stated: dict[Sensitivity, list[Row]] = {}
    absent, unknown = [], []
    for fact in facts:
        attribute = ATTRIBUTES[fact.attribute]
        if fact.winner is None:
            unknown.append(attribute.label)
        elif fact.by_register:
            absent.append(f"{attribute.label}：{spoken_value(fact.attribute, fact.value)}（{_named(fact.winner)}）")
        else:
            stated.setdefault(attribute.sensitivity, []).append(_row(fact, fact.winner))
    groups = tuple(Group(label, tuple(stated[kind])) for kind, label in GROUPS if kind in stated)
    return Facts(groups, tuple(absent), tuple(unknown))


def _named(claim: Claim) -> str:
    day_word = f" {claim.valid_from.isoformat()}" if claim.valid_from else ""
    return f"{source_label(claim.source)}名册{day_word}"


def _row(fact: Fact, winner: Claim) -> Row:
    return Row(
        ATTRIBUTES[fact.attribute].label,
        spoken_value(fact.attribute, fact.value),
        source_label(winner.source),
        winner.valid_from.isoformat() if winner.valid_from else "",
        winner.confidence or SOURCES[winner.source].confidence,
        tuple(_against(fact, claim) for claim in fact.conflicts),
    )


def _against(fact: Fact, claim: Claim) -> str:
    since = f"，{claim.valid_from.isoformat()} 起" if claim.valid_from else ""
    value = spoken_value(fact.attribute, claim.value)
    return f"{source_label(claim.source)}说是{value}（可信度 {claim.confidence}{since}）"


def source_label(code: str) -> str:
    """This function will return the Chinese name of a source."""
    known = SOURCES.get(code)
    return known.label if known else code


def shown(card: PersonCard, *, on: date) -> PersonView:
    """This function will decide what of a person stands on their own page: the birth date, so not the id's tail."""
    return person_view(
        name=card.name,
        on=on,
        audience=Audience.OWN_AREA,
        wanted=Wanted(birth_date=True, id_tail=False, division=False),
        id_number=card.id_number,
        birth_date=card.birth_date,
        phone=card.phone,
    )


def member_rows(members: Sequence[Member], *, on: date) -> list[dict[str, Any]]:
    """This function will return members with relation, sex and age in words."""
    relations = ATTRIBUTES["relation"].codes
    return [
        {
            "person_id": member.person_id,
            "name": member.name,
            "relation": relations.get(member.relation, "未填"),
            "sex": Sex(member.sex).label if member.sex else "",
            "age": f"{age_on(birth_date=member.birth_date, on=on)}岁" if member.birth_date else "",
            "counted": member.counted,
            "reason": member.reason,
        }
        for member in members
    ]


def timeline(card: PersonCard, looks: Iterable[Any], *, kind: str) -> list[Event]:
    """This function will put events and looks into one line, newest first, of one kind or of all but looks."""
    seen = [
        Event(
            look.at,
            "look",
            f"{look.account_name}{ACTIONS.get(look.action, '办理了一项')}",
            look.purpose,
        )
        for look in looks
    ]
    if kind == "look":
        return seen
    chosen = [event for event in card.timeline if not kind or event.kind == kind]
    return sorted(chosen, key=lambda event: event.at, reverse=True)[:80]


def born_and_age(card: PersonCard, *, at: datetime) -> str:
    """This function will say sex and age, or that somebody has died, for the heading."""
    words = [card.sex] if card.sex else []
    if card.dead_on is not None:
        words.append(f"{day(card.dead_on)}去世")
    elif card.birth_date is not None:
        words.append(f"{age_on(birth_date=card.birth_date, on=business_day(at))}岁")
    return "，".join(words)

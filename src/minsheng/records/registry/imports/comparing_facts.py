"""A table of facts against the registry: which statements it would add, and which facts would change by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.records.registry.imports.comparing import Asked, people_by_number
from minsheng.records.registry.imports.content import Judged, RowContent
from minsheng.records.registry.imports.rules import NOT_KNOWN, ParsedRow
from minsheng.records.registry.imports.types import RowOutcome
from minsheng.records.registry.models import Person
from minsheng.records.registry.names import normal_name
from minsheng.records.registry.queries.households import home_of, seats_of
from minsheng.records.registry.queries.resolving import base_claims, cluster, coverage_on, statements_of
from minsheng.records.registry.rules import MATCHED_BY_REGISTERS, holds, resolve
from minsheng.records.registry.types import Claim, Cover, IdKind, Statement, SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, SOURCES, read_value, spoken_value, stored_value

_NEWEST = 2**62  # the statement that a row would add counts as the last recorded one


@dataclass(frozen=True)
class Known:
    """What the registry knows of the subjects of a table."""

    people: Mapping[str, Person]
    tops: Mapping[int, int]
    of_person: Mapping[int, list[Statement]]
    of_household: Mapping[int, list[Statement]]


def compare_facts(*, asked: list[Asked], source: str, valid_from: date, at: datetime) -> list[Judged]:
    """This function will judge every row of a table of facts; call it inside the viewer's scope."""
    people = people_by_number(asked)
    homes = _homes(people, valid_from)
    tops = cluster([p.pk for p in people.values()])
    known = Known(
        people,
        tops,
        _grouped(SubjectKind.PERSON, tops, tops),
        _grouped(SubjectKind.HOUSEHOLD, homes.values(), {h: h for h in homes.values()}),
    )
    covers: dict[date, Mapping[str, Cover]] = {}
    told: dict[tuple[str, int, str], tuple[int, Any]] = {}
    return [_judge(one, known, homes, covers, told, source, valid_from, at) for one in asked]


def _homes(people: Mapping[str, Person], on: date) -> dict[int, int]:
    seats: dict[int, list[Any]] = {}
    for seat in seats_of(person_ids=[p.pk for p in people.values()], on=on):
        seats.setdefault(seat.person_id, []).append(seat)
    homes = {person_id: home_of(seats=held, standing=person_id) for person_id, held in seats.items()}
    return {person_id: home.household_id for person_id, home in homes.items() if home is not None}


def _grouped(subject: SubjectKind, ids: Any, owner: Mapping[int, int]) -> dict[int, list[Statement]]:
    found: dict[int, list[Statement]] = {}
    for statement in statements_of(subject=subject, ids=sorted(set(ids))):
        found.setdefault(owner[statement.subject_id], []).append(statement)
    return found


def _judge(
    one: Asked,
    known: Known,
    homes: Mapping[int, int],
    covers: dict[date, Mapping[str, Cover]],
    told: dict[tuple[str, int, str], tuple[int, Any]],
    source: str,
    valid_from: date,
    at: datetime,
) -> Judged:
    content, row = one.content, one.row
    starts, ends = _period(row, valid_from, content)
    person = known.people.get(one.identity.number) if one.identity is not None else None
    if one.identity is not None and one.identity.number and person is None:
        content.say("证件号码", "登记库里没有这个人，或不在您的辖区。", "请先导入或登记这个人，或与街道核实。")
    if person is not None and normal_name(content.name) != person.name:
        content.say("姓名", "和这个证件号登记的姓名不一样。", "可能号码或姓名抄错了，请对照证件核对。")
    said = {key: value for key, value in row.values.items() if key in ATTRIBUTES}
    if not said and not content.errors:
        content.say("", "这一行没有要记的内容。", "请至少填一项，或删去这一行。")
    if said.get("dead") is False:
        del said["dead"]  # somebody who lives is not news, and a death is taken back by its own act
    if said.get("dead") is True and "valid_from" not in row.values:
        content.say("生效日期", "写了已去世，却没有日期。", "请在“生效日期”填死亡日期。")
    if content.errors or person is None:
        return Judged(row.number, content, RowOutcome.ERROR, person.pk if person else None)
    subjects = {SubjectKind.PERSON: person.pk, SubjectKind.HOUSEHOLD: homes.get(person.pk)}
    if starts not in covers:
        covers[starts] = covers.get(starts) or coverage_on(as_of=starts, known_at=at)
    for subject, subject_id in subjects.items():
        mine = {key: value for key, value in said.items() if ATTRIBUTES[key].subject is subject}
        if not mine:
            continue
        if subject_id is None:
            content.say("", "这个人还不在任何一户，家庭的情况没有地方记。", "请先把这个人编入户。")
            return Judged(row.number, content, RowOutcome.ERROR, person.pk)
        fresh = _fresh(mine, subject, subject_id, known, source, starts, ends, at)
        for key, value in fresh.items():
            earlier = told.setdefault((subject.value, subject_id, key), (row.number, value))
            if earlier[0] != row.number and earlier[1] != value:
                content.say(ATTRIBUTES[key].label, f"和第 {earlier[0]} 行说的不一样。", "请只留一行。")
        repeated = [k for k in fresh if told[(subject.value, subject_id, k)][0] != row.number]
        fresh = {key: value for key, value in fresh.items() if key not in repeated}
        if fresh:
            content.values[subject.value] = fresh
            _tell_changes(content, fresh, subject, subject_id, person, known, covers[starts], source, starts, ends, at)
    content.household_id = subjects[SubjectKind.HOUSEHOLD]
    content.valid_from, content.valid_to = starts.isoformat(), ends.isoformat() if ends else ""
    if content.errors:
        return Judged(row.number, content, RowOutcome.ERROR, person.pk)
    if not content.values:
        return Judged(row.number, content, RowOutcome.UNCHANGED, person.pk)
    moved = any(change["before"] != change["after"] and not change["overruled_by"] for change in content.changes)
    return Judged(row.number, content, RowOutcome.CHANGED if moved else RowOutcome.NOTED, person.pk)


def _period(row: ParsedRow, valid_from: date, content: RowContent) -> tuple[date, date | None]:
    starts, ends = row.values.get("valid_from", valid_from), row.values.get("valid_to")
    assert isinstance(starts, date)
    if isinstance(ends, date) and ends <= starts:
        content.say("截止日期", "不晚于开始日期。", "请核对两个日期。")
    return starts, ends if isinstance(ends, date) else None


def _fresh(
    said: Mapping[str, Any],
    subject: SubjectKind,
    subject_id: int,
    known: Known,
    source: str,
    starts: date,
    ends: date | None,
    at: datetime,
) -> dict[str, Any]:
    """What this source has not said yet for this time: the rest is known and not stated twice."""
    statements = (known.of_person if subject is SubjectKind.PERSON else known.of_household).get(subject_id, [])
    mine = [
        s
        for s in statements
        if s.source == source and s.valid_to == ends and holds(statement=s, as_of=starts, known_at=at)
    ]
    # Newest first: what the source said last is what it says.
    last: dict[str, Any] = {}
    for statement in mine:
        for key, value in statement.values.items():
            last.setdefault(key, value)
    fresh = {}
    for key, value in said.items():
        stored = stored_value(key, None if value is NOT_KNOWN else value)
        if key not in last or last[key] != stored:
            fresh[key] = stored
    return fresh


def _tell_changes(
    content: RowContent,
    fresh: Mapping[str, Any],
    subject: SubjectKind,
    subject_id: int,
    person: Person,
    known: Known,
    coverage: Mapping[str, Cover],
    source: str,
    starts: date,
    ends: date | None,
    at: datetime,
) -> None:
    statements = list((known.of_person if subject is SubjectKind.PERSON else known.of_household).get(subject_id, []))
    confidence = SOURCES[source].confidence
    added = Statement(_NEWEST, subject, subject_id, source, dict(fresh), starts, ends, at, confidence)
    base: Mapping[str, Claim] = base_claims(person) if subject is SubjectKind.PERSON else {}
    matched = subject is SubjectKind.HOUSEHOLD or IdKind(person.id_kind) in MATCHED_BY_REGISTERS
    facts = [
        resolve(
            subject=subject,
            statements=some,
            coverage=coverage,
            as_of=starts,
            known_at=at,
            matched=matched,
            base=base,
        )
        for some in (statements, [*statements, added])
    ]
    for key, stored in fresh.items():
        before, after = facts[0][key], facts[1][key]
        wanted = read_value(key, stored)
        winner = after.winner
        stands = winner is not None and after.value != wanted and winner.source != source
        content.changes.append(
            {
                "attribute": key,
                "label": ATTRIBUTES[key].label,
                "before": spoken_value(key, before.value),
                "after": spoken_value(key, wanted),
                "overruled_by": SOURCES[winner.source].label
                if stands and winner is not None and winner.source in SOURCES
                else "",
            }
        )

"""Finding people. Each way of asking is a branch: one index, one order, one key to go on from.

Row-level security decides what is seen. For a viewer with few areas the areas are named as well, so that the index that
begins with the area is used; for a whole district the index on the text alone, in its own order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import AreaRef
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.registry.asking import Asked, Door, after, read
from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE, tail_number

FEW_AREAS = 40
DOORS_PER_PAGE = 15
MOST_PEOPLE_BEHIND_DOORS = 200


@dataclass(frozen=True)
class Key:
    """Where a page ended: the branch, and the sort key of its last row."""

    branch: int
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Hit:
    """One record that answers, and how it was found."""

    person_id: int
    matched_by: str
    key: Key


@dataclass(frozen=True)
class _Scope:
    everything: bool
    area_ids: tuple[int, ...]

    def where(self) -> tuple[str, list[Any]]:
        if self.everything:
            return "", []
        if len(self.area_ids) == 1:
            return " AND p.area_id = %s", [self.area_ids[0]]
        return " AND p.area_id = ANY(%s)", [list(self.area_ids)]


@dataclass(frozen=True)
class _Branch:
    """One way of finding: `find(scope, after, limit)` yields (person id, sort key)."""

    label: str
    column: str = ""
    prefix: str = ""
    unless: tuple[str, str] | None = None  # (column, prefix) of an earlier branch that has shown the row
    exact: str = ""
    parameter: Any = None
    door: Door | None = None
    tail: int | None = None
    areas: tuple[int, ...] | None = None


def find(*, viewer: Viewer, text: str, key: Key | None = None, size: int = 20) -> tuple[list[Hit], Key | None, Asked]:
    """This function will return the records that answer a text, in order, and where to go on (None at the end).

    Records that were merged away answer too; whoever shows them leads to the one that stands.
    """
    asked = read(text)
    if asked.empty:
        return [], None, asked
    inside = areas_inside(viewer=viewer)
    branches = list(_branches(asked, inside))
    hits: list[Hit] = []
    start = key.branch if key else 0
    for number in range(start, len(branches)):
        branch = branches[number]
        wanted = size + 1 - len(hits)
        begin = key.values if key and number == start else None
        for person_id, values in _rows(branch, _scope(branch, inside), begin, wanted):
            hits.append(Hit(person_id, branch.label, Key(number, values)))
        if len(hits) > size:
            break
    if len(hits) <= size:
        return hits, None, asked
    if branches[hits[-1].key.branch].door is not None:
        return hits, hits[-1].key, asked  # whole doors only: nobody's flatmate falls between two pages
    return hits[:size], hits[size - 1].key, asked


def _scope(branch: _Branch, inside: Sequence[AreaRef]) -> _Scope:
    if branch.areas is not None:
        return _Scope(False, branch.areas)
    leaves = tuple(area.id for area in inside)
    return _Scope(len(leaves) > FEW_AREAS, leaves)


def _branches(asked: Asked, inside: Sequence[AreaRef]) -> Iterator[_Branch]:
    if asked.id_number:
        value = sealing.blind_index(context=ID_NUMBER, value=asked.id_number)
        yield _Branch("证件号", exact="id_index", parameter=value)
        return
    if asked.phone:
        value = sealing.blind_index(context=PHONE, value=asked.phone)
        yield _Branch("电话", exact="phone_index", parameter=value)
        return
    tail = None
    if asked.phone_tail:
        tail = tail_number(sealing.last_four_index(context=PHONE, value=asked.phone_tail.rjust(11, "1")))
    areas = _named_areas(asked.place_words, inside) if asked.place_words else None
    if areas == ():
        return
    if asked.door is not None:
        yield _Branch("住址", door=asked.door, areas=areas)
        if not asked.name and not asked.sound:
            return
    if asked.name:
        yield _Branch("姓名", column="name", prefix=asked.name, tail=tail, areas=areas)
        if len(asked.words) > 1 and (places := _named_areas(asked.words[1:], inside)):
            yield _Branch("姓名、社区", column="name", prefix=asked.words[0], tail=tail, areas=places)
        yield _Branch(
            "名字", column="given_name", prefix=asked.name, unless=("name", asked.name), tail=tail, areas=areas
        )
        if len(asked.words) == 1 and tail is None and asked.door is None:
            yield _Branch("小区", door=Door(asked.name), areas=areas)
            if places := _named_areas(asked.words, inside):
                yield _Branch("社区", column="name", prefix="", areas=places)
    if asked.sound:
        yield _Branch("拼音", column="name_pinyin", prefix=asked.sound, tail=tail, areas=areas)
        if len(asked.sound) > 1:  # one letter begins the sound and the initials alike
            yield _Branch(
                "拼音首字母",
                column="name_initials",
                prefix=asked.sound,
                unless=("name_pinyin", asked.sound),
                tail=tail,
                areas=areas,
            )
        mixed = _surname_and_initials(asked)
        if mixed:
            yield _Branch("拼音", column="name_pinyin", prefix=mixed[0], tail=tail, areas=areas, parameter=mixed[1])
    if not asked.name and not asked.sound:
        if tail is not None:
            yield _Branch("电话后四位", exact="phone_tail", parameter=tail, areas=areas)
        elif asked.door is None and areas:
            yield _Branch("社区", column="name", prefix="", areas=areas)


def _surname_and_initials(asked: Asked) -> tuple[str, str] | None:
    """ "wang qb": the surname in full, then initials; returns (surname, all initials)."""
    given = asked.given_sound
    if not given or len(given) > 3:
        return None
    surname = asked.sound[: -len(given)]
    return surname, surname[0] + given


def _named_areas(words: Sequence[str], inside: Sequence[AreaRef]) -> tuple[int, ...]:
    """The viewer's areas that a word names by its beginning, with everything inside them."""
    chosen: set[int] = set()
    for word in words:
        bare = word.removesuffix("社区").removesuffix("街道")
        named = {area.id for area in inside if len(bare) > 1 and area.name.startswith(bare)}
        while more := {area.id for area in inside if area.parent_id in named} - named:
            named |= more
        chosen = (chosen & named) if chosen else named
        if not chosen:
            return ()
    return tuple(sorted(chosen))


def _rows(
    branch: _Branch, scope: _Scope, begin: tuple[Any, ...] | None, limit: int
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    if branch.door is not None:
        yield from _behind_doors(branch.door, scope, begin)
        return
    where, values = scope.where()
    if branch.exact == "id_index":
        for person_id in records_with_number(branch.parameter):
            yield person_id, (person_id,)
        return
    if branch.exact:
        parameters = [branch.parameter, *values]
        sql = f"SELECT p.id FROM registry_person p WHERE p.{branch.exact} = %s{where}"
        if begin is not None:
            sql, parameters = sql + " AND p.id > %s", [*parameters, begin[0]]
        for (person_id,) in _run(sql + " ORDER BY p.id LIMIT %s", [*parameters, limit]):
            yield person_id, (person_id,)
        return
    column = branch.column
    sql = f"SELECT p.id, p.{column} FROM registry_person p WHERE true{where}"
    parameters = list(values)
    if branch.prefix:
        sql += f" AND p.{column} >= %s AND p.{column} < %s"
        parameters += [branch.prefix, after(branch.prefix)]
    if branch.unless:
        other, prefix = branch.unless
        sql += f" AND NOT (p.{other} >= %s AND p.{other} < %s)"
        parameters += [prefix, after(prefix)]
    if branch.parameter is not None:  # initials beside the surname's sound
        sql += " AND p.name_initials >= %s AND p.name_initials < %s"
        parameters += [branch.parameter, after(branch.parameter)]
    if branch.tail is not None:
        sql += " AND p.phone_tail = %s"
        parameters.append(branch.tail)
    if begin is not None:
        sql += f" AND (p.{column}, p.id) > (%s, %s)"
        parameters += list(begin)
    for person_id, value in _run(sql + f" ORDER BY p.{column}, p.id LIMIT %s", [*parameters, limit]):
        yield person_id, (value, person_id)


_DOOR_ORDER = "estate, building, unit, room, id"


def _behind_doors(door: Door, scope: _Scope, begin: tuple[Any, ...] | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    where, values = scope.where()
    sql = f"SELECT {_DOOR_ORDER} FROM registry_dwelling p WHERE true{where}"
    parameters = list(values)
    if door.estate:
        sql += " AND p.estate >= %s AND p.estate < %s"
        parameters += [door.estate, after(door.estate)]
    for part in ("building", "unit", "room"):
        if number := getattr(door, part):
            sql += f" AND p.{part} IN (%s, %s)"
            word = {"building": "幢", "unit": "单元", "room": "室"}[part]
            parameters += [number, number + word]
    if begin is not None:
        sql += f" AND ({_DOOR_ORDER}) > (%s, %s, %s, %s, %s)"
        parameters += list(begin)
    people = f"""
        SELECT m.person_id, d.estate, d.building, d.unit, d.room, d.id
        FROM ({sql} ORDER BY {_DOOR_ORDER} LIMIT {DOORS_PER_PAGE}) d
        JOIN registry_household h ON h.dwelling_id = d.id
        JOIN registry_membership m ON m.household_id = h.id AND m.valid_to IS NULL
        ORDER BY d.estate, d.building, d.unit, d.room, d.id, m.id LIMIT {MOST_PEOPLE_BEHIND_DOORS}
    """
    for person_id, *key in _run(people, parameters):
        yield person_id, tuple(key)


def records_with_number(index: bytes) -> list[int]:
    """This function will return the records with an id number, the one that stands and those merged away."""
    wanted = "SELECT id FROM registry_person WHERE id_index = %s AND merged_into_id"
    return [row[0] for row in _run(f"{wanted} IS NULL UNION ALL {wanted} IS NOT NULL", [index, index])]


def _run(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())

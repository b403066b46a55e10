"""A table of persons against the registry: who is new, whose row changes, who may be somebody we know."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import mask_phone
from minsheng.foundation.sealing import operations as sealing
from minsheng.records.places import queries as places
from minsheng.records.places.rules import UnableToReadCode
from minsheng.records.places.types import DivisionKind
from minsheng.records.registry.imports.comparing import Asked, people_by_number
from minsheng.records.registry.imports.content import Judged, RowContent
from minsheng.records.registry.imports.types import RowOutcome
from minsheng.records.registry.models import Person
from minsheng.records.registry.names import name_keys, normal_name
from minsheng.records.registry.queries.duplicates import Typed, find_duplicates
from minsheng.records.registry.queries.listing import phone_of
from minsheng.records.registry.rules import close_birthdays
from minsheng.records.registry.sealed_columns import PHONE
from minsheng.records.registry.types import Sex

_COLUMNS = {"sex": "性别", "birth_date": "出生日期", "phone": "电话"}


class _Communities:
    """Finds the scope area that a row means, by code (former ones too) or by street and name."""

    def __init__(self, viewer: Viewer, on: date) -> None:
        self.on = on
        self.register = places.register()
        self.reachable = {area.id for area in areas_inside(viewer=viewer)}
        streets = {
            d.code: d.name for d in places.divisions_of_kind(kind=DivisionKind.STREET, on=on) if d.area_id is not None
        }
        self.by_name: dict[str, list[tuple[str, int]]] = {}
        for one in places.divisions_of_kind(kind=DivisionKind.COMMUNITY, on=on):
            if one.area_id is not None and one.parent_code in streets:
                self.by_name.setdefault(one.name, []).append((streets[one.parent_code], one.area_id))

    def area_of(self, values: Mapping[str, Any], content: RowContent) -> int | None:
        """This function will return the area, or note why there is none."""
        found = self._by_code(str(values["community_code"]), content) if "community_code" in values else None
        if "community_code" not in values:
            found = self._by_name(str(values.get("street", "")), str(values.get("community", "")), content)
        if found is not None and found not in self.reachable:
            content.say("社区", "不在您的辖区。", "请由那个街道导入，或核对社区。")
            return None
        return found

    def _by_code(self, code: str, content: RowContent) -> int | None:
        try:
            one = self.register.resolve(code=code, on=self.on).one
        except (places.UnableToResolve, UnableToReadCode) as problem:
            content.say("社区代码", str(problem), "")
            return None
        if one is None or one.kind is not DivisionKind.COMMUNITY or one.area_id is None:
            content.say("社区代码", "不是本区的一个社区。", "请填 12 位社区代码；已拆分的社区请填现在的代码。")
            return None
        return one.area_id

    def _by_name(self, street: str, community: str, content: RowContent) -> int | None:
        if not community:
            content.say("社区", "没有填住在哪个社区。", "请填社区代码，或街道和社区的名字。")
            return None
        named = self.by_name.get(community) or self.by_name.get(f"{community}社区") or []
        matching = [area for held, area in named if not street or held in (street, f"{street}街道")]
        if len(matching) == 1:
            return matching[0]
        if matching:
            names = "、".join(held for held, _ in named)
            content.say("社区", f"“{community}”有 {len(matching)} 个（{names}）。", "请填街道，或填社区代码。")
        else:
            content.say("社区", f"没有找到“{street}{community}”。", "请核对名字，或填社区代码。")
        return None


class _SeenInTable:
    """Newcomers of the same table: two of its rows may be one person as well as a row and somebody registered."""

    def __init__(self) -> None:
        self.by_sound: dict[str, list[tuple[int, date]]] = {}
        self.by_phone: dict[bytes, int] = {}

    def alike(self, number: int, person: Mapping[str, Any]) -> list[dict[str, Any]]:
        """This function will return the earlier rows that may be the same person, and remember this one."""
        found: dict[int, str] = {}
        if person["birth_date"]:
            born = date.fromisoformat(person["birth_date"])
            heard = self.by_sound.setdefault(name_keys(person["name"]).pinyin, [])
            found |= {row: "姓名相同或同音，生日相同或相近" for row, other in heard if close_birthdays(born, other)}
            heard.append((number, born))
        if person["phone"]:
            index = sealing.blind_index(context=PHONE, value=person["phone"])
            if index in self.by_phone:
                found.setdefault(self.by_phone[index], "电话相同")
            self.by_phone.setdefault(index, number)
        return [{"row": row, "text": f"{reason}：表里的第 {row} 行"} for row, reason in sorted(found.items())]


def compare_persons(*, asked: list[Asked], viewer: Viewer, at: datetime) -> list[Judged]:
    """This function will judge every row of a table of persons; call it inside the viewer's scope."""
    today = at.astimezone(BUSINESS_ZONE).date()
    people = people_by_number(asked)
    communities = _Communities(viewer, today)
    seen: dict[str, int] = {}
    in_table = _SeenInTable()
    judged = []
    for one in asked:
        content, row = one.content, one.row
        number = one.identity.number if one.identity is not None else ""
        if number and number in seen:
            content.say("证件号码", f"和第 {seen[number]} 行是同一个号码。", "请只留一行。")
        if number:
            seen.setdefault(number, row.number)
        person = people.get(number) if number else None
        _phone(one, content)
        if person is None:
            content.area_id = communities.area_of(row.values, content)
            judged.append(_newcomer(one, viewer, today, in_table))
        else:
            judged.append(_known(one, person, communities))
    return judged


def _phone(one: Asked, content: RowContent) -> None:
    if "phone" in one.row.values:
        try:
            sealing.blind_index(context=PHONE, value=str(one.row.values["phone"]))
        except sealing.UnableToIndex:
            content.say("电话", "号码太短。", "请填完整的手机号，或带区号的座机号。")


def _newcomer(one: Asked, viewer: Viewer, today: date, in_table: _SeenInTable) -> Judged:
    content, values = one.content, one.row.values
    if content.errors or one.identity is None:
        return Judged(one.row.number, content, RowOutcome.ERROR)
    identity = one.identity
    born = values.get("birth_date") or identity.birth_date
    if isinstance(born, date) and born > today:
        content.say("出生日期", "在今天以后。", "请核对。")
        return Judged(one.row.number, content, RowOutcome.ERROR)
    content.person = {
        "name": normal_name(content.name),
        "id_kind": identity.kind.value,
        "id_number": identity.number,
        "sex": values.get("sex") or (identity.sex.value if identity.sex else None),
        "birth_date": born.isoformat() if isinstance(born, date) else None,
        "phone": str(values.get("phone", "")),
    }
    typed = Typed(
        name=content.name,
        birth_date=born if isinstance(born, date) else None,
        id_number=identity.number,
        phone=str(values.get("phone", "")),
    )
    found = find_duplicates(viewer=viewer, typed=typed, on=today)
    if any(d.certain and d.person is None for d in found):
        content.say("证件号码", "这个证件号已经登记过。", "请与街道联系核实。")
        return Judged(one.row.number, content, RowOutcome.ERROR)
    content.duplicates = [
        {
            "person_id": d.person.person_id,
            "text": f"{d.reason}：{d.person.name}，{d.person.area_name}，{d.person.id_masked or '没有证件号'}",
        }
        for d in found
        if d.person is not None
    ] + in_table.alike(one.row.number, content.person)
    return Judged(one.row.number, content, RowOutcome.DUPLICATE if content.duplicates else RowOutcome.NEW)


def _known(one: Asked, person: Person, communities: _Communities) -> Judged:
    """Somebody who is registered: sex, birth date and telephone may be corrected; name and home have their own acts."""
    content, values = one.content, one.row.values
    if normal_name(content.name) != person.name:
        content.say("姓名", "和这个证件号登记的姓名不一样。", "可能抄错了；确实改名的，请在人员页办理更正。")
    given = {key: values[key] for key in ("community_code", "street", "community") if key in values}
    if given and not content.errors and communities.area_of(values, content) not in (None, person.area_id):
        content.say("社区", "和登记的社区不一样。", "搬家请在人员页办理迁移，表格不改住址。")
    if content.errors:
        return Judged(one.row.number, content, RowOutcome.ERROR, person.pk)
    held: dict[str, Any] = {
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "phone": phone_of(person) or "",
    }
    for key, label in _COLUMNS.items():
        said = values.get(key)
        if said is None:
            continue
        stored = said.isoformat() if isinstance(said, date) else str(said)
        same = _same_phone(stored, held["phone"]) if key == "phone" else stored == held[key]
        if not same:
            content.person[key], content.before[key] = stored, held[key]
            content.changes.append(
                {
                    "attribute": key,
                    "label": label,
                    "before": _spoken(key, held[key]),
                    "after": _spoken(key, stored),
                    "overruled_by": "",
                }
            )
    outcome = RowOutcome.CHANGED if content.person else RowOutcome.UNCHANGED
    return Judged(one.row.number, content, outcome, person.pk)


def _same_phone(first: str, second: str) -> bool:
    if not first or not second:
        return first == second
    indexes = [sealing.blind_index(context=PHONE, value=number) for number in (first, second)]
    return indexes[0] == indexes[1]


def _spoken(key: str, value: str | None) -> str:
    if not value:
        return "没有登记"
    if key == "sex":
        return Sex(value).label
    return mask_phone(value) if key == "phone" else value

"""What somebody types into the search box, read as what they mean. Pure."""

import re
from dataclasses import dataclass, field

from minsheng.records.registry.names import normal_name, spoken

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－"), "-")
_DOOR = re.compile(
    r"^(?P<estate>\D*?)(?:(?P<building>\d+)(?:幢|栋|号楼|号|#))(?:(?P<unit>\d+)单元)?(?:(?P<room>\d+)室?)?$"
)
_DASHED = re.compile(r"^(?P<estate>\D*?)(?P<building>\d+)-(?:(?P<unit>\d+)-)?(?P<room>\d+)室?$")
_PLACE_WORD = re.compile(r"^(?P<name>.+?)(社区|街道)$")
_ID = re.compile(r"^(\d{15}|\d{17}[\dXx])$")
_MOBILE = re.compile(r"^(?:\+?86)?(1\d{10})$")
_LANDLINE = re.compile(r"^0\d{9,11}$")


@dataclass(frozen=True)
class Door:
    """A home as it is spoken: the beginning of the estate's name, and numbers that may be missing."""

    estate: str
    building: str = ""
    unit: str = ""
    room: str = ""


@dataclass(frozen=True)
class Asked:
    """What was understood. Only one of id_number and phone, or any mixture of the rest."""

    text: str
    id_number: str = ""
    phone: str = ""
    phone_tail: str = ""
    name: str = ""
    sound: str = ""
    given_sound: str = ""
    door: Door | None = None
    place_words: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hint: str = field(default="")

    @property
    def empty(self) -> bool:
        return not (
            self.id_number or self.phone or self.phone_tail or self.name or self.sound or self.door or self.place_words
        )


def read(text: str) -> Asked:
    """This function will read a search text: id number, telephone (whole or last four), name, sound, door, place.

    Several words narrow each other: a name and the last four digits of a telephone, a name and a community. Words of
    Chinese characters are put together as a name ("王 清波"), and are also tried as a place by whoever searches.
    """
    plain = text.translate(_FULL_WIDTH).translate(_DASHES).strip()[:80]
    compact = re.sub(r"[\s-]", "", plain)
    if _ID.match(compact):
        return Asked(text, id_number=compact.upper())
    if found := _MOBILE.match(compact):
        return Asked(text, phone=found.group(1))
    if _LANDLINE.match(compact):
        return Asked(text, phone=compact)
    names: list[str] = []
    sounds: list[str] = []
    places: list[str] = []
    tail = hint = ""
    door: Door | None = None
    for token in plain.split():
        if at_door := _door(token):
            door = _joined(door, at_door)
        elif found := _PLACE_WORD.match(token):
            places.append(found.group("name"))
        elif token.isdigit():
            if len(token) == 4:
                tail = token
            else:
                hint = "证件号和电话要输完整；电话也可以只输后四位。"
        elif token.isascii():
            sounds.append(spoken(token))
        else:
            names.append(token)
    if door is not None and not door.estate and names:
        door, names = Door(names[-1], door.building, door.unit, door.room), names[:-1]
    return Asked(
        text,
        phone_tail=tail,
        name=normal_name("".join(names)),
        sound="".join(sounds),
        given_sound=sounds[-1] if len(sounds) > 1 else "",
        door=door,
        place_words=tuple(places),
        words=tuple(names),
        hint=hint,
    )


def _door(token: str) -> Door | None:
    """A written address up to its community is cut off: 青荷社区清泉居1幢 begins with the community's name."""
    body = token.partition("社区")[2] or token
    found = _DOOR.match(body) or _DASHED.match(body)
    if not found:
        return None
    return Door(found["estate"] or "", found["building"], found["unit"] or "", found["room"] or "")


def _joined(first: Door | None, second: Door) -> Door:
    if first is None:
        return second
    return Door(
        first.estate or second.estate,
        first.building or second.building,
        first.unit or second.unit,
        first.room or second.room,
    )


def after(prefix: str) -> str:
    """This function will return the least text after everything that begins with `prefix` (C collation)."""
    for place in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[place])
        if code < 0x10FFFF:
            following = code + 1 if code + 1 not in range(0xD800, 0xE000) else 0xE000
            return prefix[:place] + chr(following)
    return ""

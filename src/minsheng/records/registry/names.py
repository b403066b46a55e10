"""How names sound: pinyin for search and for finding the same person written differently. Pure; pypinyin's tables."""

from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from minsheng.records.registry.surnames import COMPOUND_SURNAMES, SURNAME_READINGS

_DOTS = "·•‧・．."


@dataclass(frozen=True)
class NameKeys:
    """What a name is found by: whole and given name, pinyin without blanks, initials."""

    name: str
    given_name: str
    pinyin: str
    initials: str


@lru_cache(maxsize=16384)
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL, errors=str.lower)[0])


def normal_name(text: str) -> str:
    """This function will drop blanks inside Chinese names, write one kind of dot, and keep blanks of Latin names."""
    name = " ".join(text.replace("\u3000", " ").split())
    for dot in _DOTS[1:-1]:
        name = name.replace(dot, "·")
    return name if name.isascii() else name.replace(" ", "")


def split_name(name: str) -> tuple[str, str]:
    """This function will return (surname, given name); compound surnames and names with a dot included."""
    if name.isascii():
        first, _, rest = name.partition(" ")
        return (first, rest) if rest else ("", first)
    if "·" in name:
        first, _, rest = name.partition("·")
        return first, rest
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2], name[2:]
    return (name[:1], name[1:]) if len(name) > 1 else ("", name)


def syllables(name: str) -> list[str]:
    """This function will return the sound of each character, surnames in their own reading (单 shan, 仇 qiu)."""
    surname, _ = split_name(name)
    special = SURNAME_READINGS.get(surname)
    body = name[len(surname) :] if special else name
    rest = [_syllable(c) for c in body if c.isalnum()]
    return [*special, *rest] if special else rest


def name_keys(name: str) -> NameKeys:
    """This function will return everything that a name is searched by."""
    sounds = syllables(name)
    if name.isascii():
        words = name.lower().split()
        return NameKeys(name, split_name(name)[1], "".join(words), "".join(w[0] for w in words))
    return NameKeys(name, split_name(name)[1], "".join(sounds), "".join(s[0] for s in sounds if s))


def spoken(text: str) -> str:
    """This function will turn what somebody types into the form in which pinyin is stored: no blanks, ü as v."""
    letters = text.lower().replace("ü", "v").replace("u:", "v")
    letters = letters.replace("lyu", "lv").replace("nyu", "nv")
    return "".join(c for c in letters if c.isalnum())

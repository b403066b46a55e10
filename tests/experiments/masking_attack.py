"""The attack of E22: what pages let somebody know of an id number, and how many numbers are still possible.

An id number is 6 digits of division, 8 of birth, 3 of sequence (odd: male) and a check character (GB 11643-1999). The
attacker is given the division for nothing, as most people here were born in the district.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import lxml.html

from minsheng.foundation.pages.masking import age_on
from minsheng.records.registry.identifiers import resident_check_character

ENOUGH = 100
OLDEST = 120
MASKED = re.compile(r"(?<![\dX*])[\dX*]{18}(?![\dX*])")
PHONES = re.compile(r"(?<![\d*])(?:\d{3}\*{4}\d{4}|\d{3,4}-\*{4}\d{4}|\*{4}\d{2})(?![\d*])")
BANDS = re.compile(r"(\d{1,3})\s*[—–-]\s*(\d{1,3})\s*岁")
AGES = re.compile(r"(?<![\d—–-])(\d{1,3})\s*(?:周?岁)")


@dataclass(frozen=True)
class Secret:
    """The numbers of one person, as the test opened them."""

    person_id: int
    name: str
    sex: str
    birth_date: date
    id_number: str
    phone: str


@dataclass
class Knowledge:
    """What was seen of one person so far."""

    shown: dict[int, str] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    sex: bool = False

    def learn_days(self, first: date, last: date) -> None:
        """This function will narrow the days of birth that are possible."""
        self.first_day = max(first, self.first_day or first)
        self.last_day = min(last, self.last_day or last)

    def join(self, other: Knowledge) -> None:
        """This function will add what another page showed."""
        self.shown |= other.shown
        self.sex = self.sex or other.sex
        if other.first_day is not None and other.last_day is not None:
            self.learn_days(other.first_day, other.last_day)


def learn(text: str, secret: Secret, *, on: date) -> Knowledge:
    """This function will read a text as the attacker would who knows that it speaks of this person."""
    found = Knowledge()
    for token in MASKED.findall(text):
        if all(a in ("*", b) for a, b in zip(token, secret.id_number, strict=True)):
            found.shown |= {place: char for place, char in enumerate(token) if char != "*"}
    born = secret.birth_date
    spoken = (born.isoformat(), f"{born:%Y%m%d}", f"{born.year}年{born.month}月{born.day}日", f"{born:%Y/%m/%d}")
    if any(form in text for form in spoken):
        found.learn_days(born, born)
    age = age_on(birth_date=born, on=on)
    if any(int(number) == age for number in AGES.findall(text)):
        found.learn_days(_years_before(on, age + 1) + timedelta(1), _years_before(on, age))
    for low, high in BANDS.findall(text):
        if int(low) <= age <= int(high):
            found.learn_days(_years_before(on, int(high) + 1) + timedelta(1), _years_before(on, int(low)))
    found.sex = {"male": "男", "female": "女"}[secret.sex] in text
    return found


def _years_before(on: date, years: int) -> date:
    return on.replace(year=on.year - years)


def candidates(known: Knowledge, secret: Secret, *, on: date) -> int:
    """This function will count the id numbers that fit what is known; 1 means rebuilt."""
    first, last = known.first_day or _years_before(on, OLDEST), known.last_day or on
    shown = tuple(sorted(item for item in known.shown.items() if item[0] >= 6))
    return _fitting(first, last, shown, (secret.sex == "male") if known.sex else None, secret.id_number[:6])


@lru_cache(maxsize=4096)
def _fitting(first: date, last: date, shown: tuple[tuple[int, str], ...], odd: bool | None, prefix: str) -> int:
    of_birth = [(place - 6, char) for place, char in shown if place < 14]
    of_sequence = [(place - 14, char) for place, char in shown if 14 <= place < 17]
    texts = [f"{number:03}" for number in range(1000) if odd is None or number % 2 == odd]
    sequences = [text for text in texts if all(text[place] == char for place, char in of_sequence)]
    days = (last - first).days + 1
    if not of_birth and 17 not in dict(shown):
        return days * len(sequences)
    written = [f"{first + timedelta(number):%Y%m%d}" for number in range(days)]
    written = [day for day in written if all(day[place] == char for place, char in of_birth)]
    check = dict(shown).get(17)
    if check is None or len(written) * len(sequences) > 400_000:
        return len(written) * len(sequences) // (1 if check is None else 11)
    return sum(resident_check_character(f"{prefix}{d}{s}") == check for d in written for s in sequences)


def about(page: bytes, secret: Secret, *, own_page: bool) -> str:
    """This function will return the text of a page that speaks of one person, attributes and hidden parts included.

    On the person's own page that is everything; elsewhere the table rows and list entries with the name or the link.
    """
    tree = lxml.html.fromstring(page.decode())
    if own_page:
        return " ".join(_strings(tree))
    parts = []
    for part in tree.iter("tr", "li"):
        strings = list(_strings(part))
        if any(secret.name in one or f"/people/{secret.person_id}/" in one for one in strings):
            parts.append(" ".join(strings))
    return " ".join(parts)


def _strings(tree: lxml.html.HtmlElement) -> Iterable[str]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from element.attrib.values()
            yield element.text or ""
        yield element.tail or ""


def whole_numbers(text: str) -> set[str]:
    """This function will find every run that could be a whole id number or telephone, also through tags and blanks."""
    close = re.sub(r"[\s\-–—·,，.]", "", text)
    found: set[str] = set()
    for one in (text, close, re.sub(r"<[^>]*>", "", close)):
        found |= set(re.findall(r"(?=(\d{17}[\dXx]))", one))
        found |= set(re.findall(r"(?=(1\d{10}))", one))
        found |= set(re.findall(r"(?=(0\d{9,11}))", one))
    return {number.upper() for number in found}

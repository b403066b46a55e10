"""Names, identity numbers, telephones and credit codes: valid in form, visibly synthetic, nobody's own.

Identity numbers follow GB 11643-1999 but begin with 99, a province code that does not exist; telephones begin with
100, which is assigned to no mobile network; credit codes (GB 32100-2015) carry the division 990102.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from twin.families import DEAD, Draft
from twin.population import MALE
from twin.quotas import Bools, Floats, Ints
from twin.sources import death_month_shares, table

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = b"10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(3**i % 31 for i in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
STORY_PREFIX = 990199

Days = npt.NDArray[np.datetime64]

# Characters of given names by cohort (own choice): first and second character for men and for women.
_GIVEN = (
    (
        ("建国德福永金水志明长根荣宝兴", "华民生法根林泉富祥良发昌荣宝"),
        ("秀桂玉凤阿彩金美月素兰惠珍雪", "英珍兰花娟仙琴香凤莲芬娥妹云"),
    ),
    (
        ("建国志伟晓文海卫小永俊立向少", "军平明强峰波东华斌良刚飞勇忠"),
        ("丽晓海小建雪红春燕秋文美亚爱", "红芳燕萍敏英琴娟霞梅君华莉珍"),
    ),
    (
        ("佳晓文俊志海宇嘉思天子凯一浩", "杰超磊鹏斌凯晨宇峰琦航林辉栋"),
        ("佳晓雅思梦婷嘉诗文倩雨欣静晨", "婷雯琪颖怡洁瑶敏燕妮琳倩莹静"),
    ),
    (
        ("子浩宇梓俊一奕辰沐泽嘉景亦禹", "轩然涵睿宸泽航晨瑞霖阳恒言熙"),
        ("梓欣一诗语若沐思雨可佳芷奕悦", "涵怡萱彤妍桐玥琪然语宁柠汐晗"),
    ),
)
_RARE = ("䶮", "堃", "喆", "㛃淇", "犇", "昇燚", "𬱖", "翀")


def surnames(rng: np.random.Generator, draft: Draft, fathers: Ints) -> Ints:
    """This function will return the surname (position in the weighted list) of each person.

    Children carry their father's name (6 % their mother's). `fathers` also holds fathers in other households.
    """
    n = len(draft)
    surname = _draw_surnames(rng, n)
    named_by_father = rng.random(n) < 0.94
    for _ in range(3):  # grandparents hand on to parents first, parents to children after
        source = np.where((fathers >= 0) & named_by_father, fathers, draft.mother)
        surname = np.where(source >= 0, surname[source], surname)
    return surname


def full_names(rng: np.random.Generator, surname: Ints, age: Floats, sex: Ints) -> pa.Array:
    """This function will join surnames with given names of the cohort; a surname of -1 is drawn."""
    rows = table("surnames")
    surname = np.where(surname >= 0, surname, _draw_surnames(rng, len(surname)))
    family = pa.array([r["surname"] for r in rows]).take(pa.array(surname))
    return pc.binary_join_element_wise(family, _given_names(rng, age, sex), "")


def _draw_surnames(rng: np.random.Generator, n: int) -> Ints:
    weight = np.array([float(r["weight_percent"]) for r in table("surnames")])
    return np.searchsorted(np.cumsum(weight / weight.sum())[:-1], rng.random(n)).astype(np.int64)


def _given_names(rng: np.random.Generator, age: Floats, sex: Ints) -> pa.Array:
    n = len(age)
    cohort = np.digitize(-age, [-62, -38, -18])
    words: list[str] = []
    first, count = np.zeros((4, 2), dtype=np.int64), np.zeros((4, 2), dtype=np.int64)
    listed: list[list[str]] = [[r["given"] for r in table("given_names") if r["sex"] == s] for s in "MF"]
    for c, sexes in enumerate(_GIVEN):
        for s, (one, two) in enumerate(sexes):
            first[c, s] = len(words)
            words += [a + b for a in one for b in two if a != b]
            words += list(two) * 2
            if c in (1, 2):
                words += listed[s]
            count[c, s] = len(words) - first[c, s]
    pick = first[cohort, sex] + np.floor(rng.random(n) * count[cohort, sex]).astype(np.int64)
    rare = rng.random(n) < 0.0003
    pick[rare] = len(words) + rng.integers(0, len(_RARE), int(rare.sum()))
    return pa.array([*words, *_RARE]).take(pa.array(pick))


def birth_dates(draft: Draft, as_of: date) -> Days:
    """This function will return dates of birth: whole years and days back from as_of."""
    years = np.floor(draft.age).astype(np.int64)
    days = np.rint((draft.age - years) * 366).astype(np.int64)
    first = np.datetime64(as_of, "M") - 12 * years
    return np.asarray(first.astype("datetime64[D]") + (min(as_of.day, 28) - 1) - days)


def id_numbers(rng: np.random.Generator, draft: Draft, birth: npt.NDArray[np.datetime64], county: Ints) -> pa.Array:
    """This function will return unique 18-character numbers; 0.1 % of the people have none (null).

    `county` is the six-digit hukou county: its province becomes the third and fourth digit (99pp..), so that no
    number can belong to a real address.
    """
    n = len(draft)
    local = draft.people["hukou_local"]
    old_town = np.where(rng.random(n) < 0.48, 990102, 990104)
    elsewhere = 990000 + np.where(local, 33, county // 10000) * 100 + rng.integers(1, 21, n)
    prefix = np.where(local & (rng.random(n) < 0.78), old_town, elsewhere)
    sequence = _sequence(rng, prefix, birth, draft.sex)
    text = ascii_strings(number_bytes(prefix, birth, sequence))
    newborn = (draft.age < 0.12) & (rng.random(n) < 0.35)
    return pc.if_else(pa.array(newborn | (rng.random(n) < 0.0008)), pa.scalar(None, pa.string()), text)


def _sequence(rng: np.random.Generator, prefix: Ints, birth: npt.NDArray[np.datetime64], sex: Ints) -> Ints:
    key = (prefix * 100_000 + (birth.astype(np.int64) + 40_000)) * 2 + sex
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    lengths = np.diff(np.append(starts, len(key)))
    if lengths.max(initial=0) > 499:
        raise OverflowError("More than 499 persons share address, birthday and sex; the numbering has no room.")
    rank = np.arange(len(key)) - np.repeat(starts, lengths)
    begin = np.repeat(rng.integers(0, 499, len(starts)), lengths)
    answer = np.empty(len(key), dtype=np.int64)
    answer[order] = (begin + rank) % 499
    return 2 * answer + np.where(sex == MALE, 1, 2)


def number_bytes(prefix: Ints, birth: npt.NDArray[np.datetime64], sequence: Ints) -> npt.NDArray[np.uint8]:
    """This function will return the 18 ASCII bytes of each number, shape (n, 18), check digit by ISO 7064 MOD 11-2."""
    months = birth.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    day = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    ymd = (months // 12) * 10_000 + (months % 12 + 1) * 100 + day
    rest = prefix * 10**11 + ymd * 1000 + sequence
    digits = np.empty((len(rest), 18), dtype=np.uint8)
    total = np.zeros(len(rest), dtype=np.int64)
    for place in range(16, -1, -1):
        rest, digit = np.divmod(rest, 10)
        digits[:, place] = digit + 48
        total += digit * ID_WEIGHTS[place]
    digits[:, 17] = np.frombuffer(ID_CHECKS, dtype=np.uint8)[total % 11]
    return digits


def ascii_strings(rows: npt.NDArray[np.uint8]) -> pa.Array:
    """This function will turn rows of ASCII bytes of one width into an Arrow string array without copying each."""
    n, width = rows.shape
    offsets = np.arange(0, (n + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows)))


def telephones(rng: np.random.Generator, age: Floats, dead: Bools, start: int = 0) -> pa.Array:
    """This function will return unique 11-digit numbers beginning with 100; children and some elders have none."""
    n = len(age)
    number = ((np.arange(start, start + n, dtype=np.int64) + 1) * 48_271_019) % 100_000_000
    digits = np.full((n, 11), 48, dtype=np.uint8)
    digits[:, 0] = 49
    for place in range(10, 2, -1):
        number, digit = np.divmod(number, 10)
        digits[:, place] = digit + 48
    chance = np.interp(age, [0, 9.9, 10, 14, 16, 65, 75, 85, 95], [0, 0, 0.3, 0.7, 0.99, 0.98, 0.88, 0.65, 0.4])
    has = rng.random(n) < chance
    return pc.if_else(
        pa.array(has & (~dead | (rng.random(n) < 0.5))), ascii_strings(digits), pa.scalar(None, pa.string())
    )


def credit_code(kind: str, number: int) -> str:
    """This function will return a valid, visibly synthetic GB 32100 code: `kind` is the two leading characters."""
    body = f"{number:08d}"
    check = (11 - sum(int(c) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True)) % 11) % 11
    text = f"{kind}990102{body}{'X' if check == 10 else check}"
    total = sum(CREDIT_ALPHABET.index(c) * w for c, w in zip(text, CREDIT_WEIGHTS, strict=True))
    return text + CREDIT_ALPHABET[(31 - total % 31) % 31]


def death_dates(rng: np.random.Generator, draft: Draft, birth: npt.NDArray[Any], as_of: date) -> npt.NDArray[Any]:
    """This function will return dates of death in the last year by the census months; NaT for the living."""
    answer = np.full(len(draft), np.datetime64("NaT"), dtype="datetime64[D]")
    dead = np.flatnonzero(draft.kind == DEAD)
    last = np.datetime64(as_of, "D")
    days = last - np.arange(1, 366)
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    weight = death_month_shares()[months]
    answer[dead] = rng.choice(days, len(dead), p=weight / weight.sum())
    answer[dead] = np.maximum(answer[dead], np.minimum(birth[dead] + 1, last))
    return answer

"""Masks, and the combination rule: what is shown together never rebuilds an id number."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import minsheng
from minsheng.foundation.pages.masking import (
    Audience,
    PersonView,
    Wanted,
    mask_address,
    mask_card,
    mask_id,
    mask_name,
    mask_phone,
    person_view,
)

ON = date(2026, 11, 3)
FEWEST_CANDIDATES = 100
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(body: str) -> str:
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@pytest.mark.parametrize(
    ("name", "audience", "masked"),
    [
        ("张明", "staff", "张*"),
        ("张小明", "public", "张*明"),
        ("张小小明", "public", "张**明"),
        ("欧阳菲", "public", "欧阳*"),
        ("欧阳娜娜", "public", "欧阳*娜"),
        ("买买提·艾力", "public", "买买提·**"),
        ("林䶮珍", "staff", "林*珍"),
        ("𠅤𫖯𬱖", "staff", "𠅤*𬱖"),
        ("Nguyen Thi Lan", "public", "N**"),
        ("张", "public", "*"),
        ("张小明", "own_area", "张小明"),
        (None, "staff", ""),
    ],
)
def test_names(name: str | None, audience: str, masked: str) -> None:
    assert mask_name(name, Audience(audience)) == masked


def test_numbers() -> None:
    number = with_check_digit("33010219680512002")
    assert mask_id(number) == f"330***********{number[-4:]}"
    assert mask_id(number, Audience.PUBLIC) == f"3****************{number[-1]}"
    assert mask_id(number, Audience.MESSAGE) == mask_id(None) == ""
    assert mask_id("330102680512002") == "3*************2"
    assert mask_phone("138 0013 8000") == "138****8000"
    assert mask_phone("+8613800138000") == "138****8000"
    assert mask_phone("0571-87654321") == "0571-****4321"
    assert mask_phone("021-87654321") == "021-****4321"
    assert mask_phone("12345") == "*****"
    assert mask_card("6222 0212 0200 1234 567") == "**** **** **** 4567"
    assert mask_card("6222021202001234567", Audience.MESSAGE) == "尾号4567"
    assert mask_card("6222021202001234567", Audience.PUBLIC) == ""


def test_addresses_end_at_the_community() -> None:
    whole = "杭州市上城区采荷街道青荷社区双菱路12号3幢401室"
    assert mask_address(whole) == "杭州市上城区采荷街道青荷社区****"
    assert mask_address("上城区采荷街道双菱路12号") == "上城区采荷街道****"
    assert mask_address("双菱路12号") == "****"
    assert mask_address(whole, Audience.OWN_AREA) == whole
    assert mask_address(whole, Audience.MESSAGE) == ""


def candidates(view: PersonView, *, division_code: str, on: date) -> int:
    """How many id numbers fit everything that the view shows; the reader knows the code of the division in words."""
    pattern = view.id_number or "*" * 18
    assert len(pattern) == 18
    if view.division and not all(p in ("*", d) for p, d in zip(pattern, division_code, strict=False)):
        raise AssertionError("the view contradicts itself")
    area = division_code  # assume the reader knows the division even where it is not shown
    if day := re.match(r"(\d+)年(\d+)月(\d+)日", view.birth):
        days = [date(*map(int, day.groups()))]
    else:
        low, high = 0, 130
        if band := re.fullmatch(r"(\d+)—(\d+)岁", view.age):
            low, high = int(band.group(1)), int(band.group(2))
        elif age := re.fullmatch(r"(\d+)岁", view.age):
            low = high = int(age.group(1))
        first = date(on.year - high - 1, on.month, min(on.day, 28)) + timedelta(days=1)
        last = date(on.year - low, on.month, min(on.day, 28))
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    tail = pattern[14:]
    sequences = [tail[:3]] if "*" not in tail[:3] else [f"{i:03d}" for i in range(1, 1000)]
    found = 0
    for birth in days:
        for sequence in sequences:
            number = with_check_digit(f"{area}{birth:%Y%m%d}{sequence}")
            found += tail[3] in ("*", number[17])
            if found >= FEWEST_CANDIDATES:
                return found
    return found


BIRTHS = st.dates(min_value=date(1915, 1, 1), max_value=ON)


@settings(max_examples=300, deadline=None)
@given(
    birth=BIRTHS,
    sequence=st.integers(1, 999),
    audience=st.sampled_from(list(Audience)),
    birth_wanted=st.booleans(),
    tail_wanted=st.booleans(),
    division_wanted=st.booleans(),
)
def test_what_is_shown_together_never_rebuilds_an_id_number(
    birth: date, sequence: int, audience: Audience, birth_wanted: bool, tail_wanted: bool, division_wanted: bool
) -> None:
    number = with_check_digit(f"330102{birth:%Y%m%d}{sequence:03d}")
    view = person_view(
        name="林阿珍",
        on=ON,
        audience=audience,
        wanted=Wanted(birth_wanted, tail_wanted, division_wanted),
        id_number=number,
        birth_date=birth,
        division="浙江省杭州市上城区",
        phone="13800138000",
    )
    assert candidates(view, division_code="330102", on=ON) >= FEWEST_CANDIDATES
    assert number not in " ".join(str(v) for v in vars(view).values())


def test_the_experiment_finds_a_careless_page() -> None:
    """Negative control: birth date, division and the usual mask side by side leave exactly one number."""
    number = with_check_digit("33010219680512002")
    careless = PersonView("林阿珍", mask_id(number), "1968年5月12日（星期日）", "58岁", "上城区", "", "")
    assert candidates(careless, division_code="330102", on=ON) == 1
    exact_age = PersonView("林阿珍", mask_id(number), "", "58岁", "上城区", "", "")
    assert candidates(exact_age, division_code="330102", on=ON) < FEWEST_CANDIDATES


def test_the_view_says_what_it_withheld() -> None:
    view = person_view(
        name="林阿珍",
        on=ON,
        audience=Audience.OWN_AREA,
        wanted=Wanted(birth_date=True),
        id_number=with_check_digit("33010219680512002"),
        birth_date=date(1968, 5, 12),
    )
    assert (view.name, view.id_number, view.age) == ("林阿珍", "330***************", "58岁")
    assert view.birth == "1968年5月12日（星期日）"
    assert "不显示证件号后四位" in view.withheld


TEMPLATES = sorted(Path(minsheng.__file__).parent.rglob("templates/**/*.html"))


def careless(text: str) -> bool:
    """A template that masks an id itself and prints a day of birth or an exact age."""
    return "mask_id" in text and re.search(r"\b(birth_date|birthday|birth|age)\b", text) is not None


def test_no_template_puts_a_mask_beside_a_birth_date() -> None:
    assert len(TEMPLATES) > 10
    assert [t.name for t in TEMPLATES if careless(t.read_text(encoding="utf-8"))] == []
    assert careless("{{ p.id_number|mask_id }} {{ p.birth_date|day }}")

"""Certificates: the vectors of the reference, python-stdnum as oracle, and the traps of public validators."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from minsheng.records.registry.identifiers import (
    UnableToReadIdentifier,
    credit_check_character,
    read_credit_code,
    read_foreign_permanent,
    read_passport,
    read_resident_id,
    resident_check_character,
    widen,
)
from minsheng.records.registry.types import IdKind, Sex

TODAY = date(2026, 11, 3)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("number", ["11010519491231002X", "360426199101010071", "230306196304054513"])
def test_valid_numbers_of_the_reference(number: str) -> None:
    read = read_resident_id(number, today=TODAY)
    assert read.number == number
    assert read.birth_date == date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    assert read.sex is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("230307196304054513", "校验位"),
        ("11010519491331002X", "不存在"),
        ("1101051949123100", "18位"),
        ("110105204912310020", "不合理"),
    ],
)
def test_wrong_numbers_say_what_is_wrong(number: str, why: str) -> None:
    with pytest.raises(UnableToReadIdentifier, match=why):
        read_resident_id(number, today=TODAY)


@given(
    division=st.sampled_from(["330102", "330104", "330103", "429001", "999999"]),
    born=st.dates(date(1900, 1, 1), TODAY),
    sequence=st.integers(0, 999),
)
def test_any_division_is_accepted_and_the_check_character_is_the_oracles(
    division: str, born: date, sequence: int
) -> None:
    first = f"{division}{born:%Y%m%d}{sequence:03d}"
    number = first + resident_check_character(first)
    assert ric.calc_check_digit(number) == number[17]
    assert read_resident_id(number, today=TODAY).birth_date == born
    for other in "0123456789X":
        if other != number[17]:
            with pytest.raises(UnableToReadIdentifier):
                read_resident_id(first + other, today=TODAY)


def test_old_numbers_and_sloppy_writing_become_one_form() -> None:
    assert widen("110105491231002") == "11010519491231002X"
    for text in ("110105491231002", "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ"):
        assert read_resident_id(text, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110108551385082Q"])
def test_valid_credit_codes(code: str) -> None:
    assert read_credit_code(code.lower()) == code
    assert uscc.is_valid(code)


def test_a_published_but_wrong_credit_code_is_refused() -> None:
    with pytest.raises(UnableToReadIdentifier, match="校验位"):
        read_credit_code("91310115MA1H8R7C6D")


@given(st.text(alphabet=ALPHABET, min_size=17, max_size=17))
def test_the_check_character_is_the_oracles_also_where_the_sum_is_zero(first: str) -> None:
    assert credit_check_character(first) == uscc.calc_check_digit(first)


def test_the_sum_of_zero_gives_zero_and_not_an_index_past_the_end() -> None:
    assert credit_check_character("0" * 17) == "0"


def test_passports_and_residence_cards() -> None:
    assert read_passport("e 1234 5678").number == "E12345678"
    with pytest.raises(UnableToReadIdentifier):
        read_passport("ABC")
    assert read_foreign_permanent("FRA123456789012", today=TODAY).kind is IdKind.FOREIGN_PERMANENT
    with pytest.raises(UnableToReadIdentifier):
        read_foreign_permanent("330102199001011234", today=TODAY)

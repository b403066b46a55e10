"""Identity numbers, telephones and credit codes are valid in form, unique and visibly nobody's."""

import pyarrow as pa
import pyarrow.compute as pc
from stdnum.cn import ric, uscc

from twin import District
from twin.identity import credit_code

VECTORS = ("11010519491231002X", "360426199101010071", "230306196304054513")


def test_every_number_is_valid_and_says_birth_and_sex(district: District) -> None:
    people = district.people.select(["id_number", "birth_date", "sex"]).to_pylist()
    seen = set()
    for row in people:
        number = row["id_number"]
        if number is None:
            continue
        assert len(number) == 18
        assert number.startswith("99")
        assert number[17] == ric.calc_check_digit(number)
        assert number[6:14] == row["birth_date"].strftime("%Y%m%d")
        assert int(number[16]) % 2 == (1 if row["sex"] == "male" else 0)
        seen.add(number)
    missing = sum(row["id_number"] is None for row in people)
    assert len(seen) == len(people) - missing
    assert 0 < missing / len(people) < 0.003


def test_the_oracle_knows_a_wrong_digit() -> None:
    assert all(number[17] == ric.calc_check_digit(number) for number in VECTORS)
    assert ric.calc_check_digit("230307196304054513") != "3"


def test_numbers_of_locals_and_migrants_differ(district: District) -> None:
    people = district.people.filter(pc.is_valid(district.people["id_number"]))
    prefix = pc.utf8_slice_codeunits(people["id_number"], 0, 6)
    old_town = pc.is_in(prefix, pa.array(["990102", "990104"]))
    local = people["hukou_local"]
    assert pc.sum(pc.and_(old_town, pc.invert(local))).as_py() == 0
    assert pc.sum(pc.and_(old_town, local)).as_py() > 0.7 * pc.sum(local).as_py()


def test_telephones_are_unique_and_unassigned(district: District) -> None:
    phones = [p for p in district.people["phone"].to_pylist() if p]
    assert len(set(phones)) == len(phones)
    assert all(len(p) == 11 and p.startswith("100") and p.isdigit() for p in phones)
    children = district.people.filter(pc.greater(pc.year(district.people["birth_date"]), 2018))
    assert children["phone"].null_count == children.num_rows


def test_credit_codes_are_valid_unique_and_synthetic(district: District) -> None:
    codes = district.organisations["credit_code"].to_pylist()
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert uscc.calc_check_digit(code[:-1]) == code[-1]
        assert code[2:8] == "990102"
    assert credit_code("52", 70_000_037)[:2] == "52"


def test_no_two_organisations_share_a_name(district: District) -> None:
    names = district.organisations["name"].to_pylist()
    assert len(set(names)) == len(names)


def test_rare_characters_occur(district: District) -> None:
    text = "".join(district.people["name"].to_pylist())
    assert any(ord(c) > 0xFFFF for c in text) or "䶮" in text

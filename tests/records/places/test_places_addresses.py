"""Addresses taken apart; what the text does not say stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.records.places.rules import KnownNames, parse_address
from minsheng.records.places.types import StandardAddress

KNOWN = KnownNames(frozenset({"上城区", "江干区"}), frozenset({"采荷街道"}), frozenset({"青荷社区"}))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "浙江省杭州市上城区采荷街道青荷社区 双菱路１２号青云里3幢2单元401室",
            {
                "province": "浙江省",
                "city": "杭州市",
                "county": "上城区",
                "street": "采荷街道",
                "community": "青荷社区",
                "road": "双菱路",
                "number": "12号",
                "estate": "青云里",
                "building": "3",
                "unit": "2",
                "room": "401",
            },
        ),
        (
            "江干区采荷街道采荷新村十二幢3单元502",
            {
                "county": "江干区",
                "street": "采荷街道",
                "estate": "采荷新村",
                "building": "12",
                "unit": "3",
                "room": "502",
            },
        ),
        ("双菱路12号3-2-401", {"road": "双菱路", "number": "12号", "building": "3", "unit": "2", "room": "401"}),
        ("金衙庄公寓1幢101室", {"estate": "金衙庄公寓", "building": "1", "room": "101"}),
        ("青云里8号", {"road": "青云里", "number": "8号"}),
        ("景芳二区5幢1单元302室", {"estate": "景芳二区", "building": "5", "unit": "1", "room": "302"}),
        ("清波街道劳动路5号", {"street": "清波街道", "road": "劳动路", "number": "5号"}),
        (
            "宁波市镇海区招宝山街道镇海路1号",
            {"city": "宁波市", "county": "镇海区", "street": "招宝山街道", "road": "镇海路", "number": "1号"},
        ),
        ("三组老屋旁", {"rest": "三组老屋旁"}),
    ],
)
def test_parts(text: str, parts: dict[str, str]) -> None:
    assert parse_address(text, KNOWN) == StandardAddress(**parts)


@given(st.text(max_size=60))
def test_any_text_is_read_without_failing(text: str) -> None:
    parse_address(text, KNOWN)


def test_a_known_name_wins_over_a_pattern() -> None:
    assert parse_address("青荷社区1幢", KNOWN).community == "青荷社区"
    assert parse_address("青荷社区1幢").community == "青荷社区"
    assert parse_address("金都新城1幢", KNOWN).building != "1幢"

"""How names sound, and what a search text means."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from minsheng.records.registry.asking import after, read
from minsheng.records.registry.names import name_keys, spoken
from minsheng.records.registry.types import SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, LOADED_FROM, REGISTERS, SOURCES

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("name", "pinyin", "initials", "given_name"),
    [
        ("王清波", "wangqingbo", "wqb", "清波"),
        ("单雄信", "shanxiongxin", "sxx", "雄信"),
        ("解缙", "xiejin", "xj", "缙"),
        ("区玉华", "ouyuhua", "oyh", "玉华"),
        ("仇英", "qiuying", "qy", "英"),
        ("欧阳修", "ouyangxiu", "oyx", "修"),
        ("尉迟恭", "yuchigong", "ycg", "恭"),
        ("吕䶮", "lvyan", "ly", "䶮"),
        ("买买提·艾力", "maimaitiaili", "mmtal", "艾力"),
        ("John Smith", "johnsmith", "js", "Smith"),
    ],
)
def test_names_are_found_by_their_sound(name: str, pinyin: str, initials: str, given_name: str) -> None:
    keys = name_keys(name)
    assert (keys.pinyin, keys.initials, keys.given_name) == (pinyin, initials, given_name)


def test_what_is_typed_sounds_as_it_is_stored() -> None:
    assert spoken("LÜ Yan") == spoken("lv yan") == spoken("lyu yan") == name_keys("吕䶮").pinyin


def test_texts_mean_what_people_mean() -> None:
    assert read("110105 19491231 002x").id_number == "11010519491231002X"
    assert read("+86 138 0000 1234").phone == "13800001234"
    assert read("王 清波").name == "王清波"
    assert read("wang qingbo").sound == "wangqingbo"
    assert (read("清波 1234").name, read("清波 1234").phone_tail) == ("清波", "1234")
    door = read("青荷社区清泉居3幢2单元501室").door
    assert door is not None
    assert (door.estate, door.building, door.unit, door.room) == ("清泉居", "3", "2", "501")
    dashed = read("清泉居 3-2-501").door
    assert dashed is not None
    assert (dashed.estate, dashed.building, dashed.unit, dashed.room) == ("清泉居", "3", "2", "501")
    assert read("王 青荷社区").place_words == ("青荷",)
    assert read("33010219").hint
    assert read("  ").empty


@given(st.text(min_size=1, max_size=6), st.text(max_size=4))
def test_after_is_the_end_of_everything_that_begins_so(prefix: str, more: str) -> None:
    end = after(prefix)
    whole = (prefix + more).encode("utf-8", "surrogatepass")
    assert whole >= prefix.encode("utf-8", "surrogatepass")
    assert end == "" or whole < end.encode("utf-8", "surrogatepass")


def test_the_catalogue_holds_every_input_of_the_rules_with_its_codes() -> None:
    inputs = yaml.safe_load((ROOT / "policies" / "inputs.yaml").read_text(encoding="utf-8"))
    for kind in (SubjectKind.PERSON, SubjectKind.HOUSEHOLD):
        named = {a.name for a in ATTRIBUTES.values() if a.subject is kind and a.for_rules}
        assert named == set(inputs[kind.value])
        for name, entry in inputs[kind.value].items():
            assert ATTRIBUTES[name].type.value == entry["type"], name
            assert set(ATTRIBUTES[name].codes) == set(entry.get("codes", ())), name


def test_sources_and_registers_speak_of_known_attributes() -> None:
    stated = [name for names in LOADED_FROM.values() for name in names]
    assert len(stated) == len(set(stated)), "two sources would state one attribute of a load"
    assert set(stated) <= set(ATTRIBUTES)
    assert {r.attribute for r in REGISTERS} <= set(stated)
    assert {r.source for r in REGISTERS} | set(LOADED_FROM) <= set(SOURCES)

"""Every dataset and field is described from the code; what nobody has said the meaning of is found."""

import json
from datetime import datetime

import pytest
from django.apps import apps
from django.db import models

from builders import DISTRICT, plant_small_tree, staff
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.catalogue.queries.describing import DATA, dataset, datasets, describe, our_models, words
from minsheng.insight.catalogue.queries.exporting import as_dcat
from minsheng.insight.catalogue.queries.searching import expectations_of, search
from minsheng.insight.catalogue.types import DatasetKind, Dimension, Secrecy, Sharing
from minsheng.records.registry.vocabulary import ATTRIBUTES, Sensitivity
from minsheng.work.eligibility.law import seed

REMEDY = (
    "Say what the field means: give the model's field a Chinese verbose_name, or add its name to "
    "src/minsheng/insight/catalogue/data/elements.yaml."
)


def test_every_field_has_a_meaning() -> None:
    silent = {one.code: one.unexplained for one in datasets() if one.unexplained}
    assert silent == {}, f"{silent}. {REMEDY}"


def test_control_a_field_without_a_meaning_is_found() -> None:
    class Seeded(models.Model):
        frobnication = models.IntegerField()
        area = models.ForeignKey("access.Area", models.PROTECT, related_name="+")
        amount_fen = models.BigIntegerField()

        class Meta:
            app_label = "catalogue"
            managed = False

    try:
        [found] = describe(all_models=[Seeded])
        assert found.unexplained == ("frobnication",)
        assert found.title == ""  # nor does the table have a title
        assert [f.unit for f in found.fields if f.name == "amount_fen"] == ["分"]
    finally:
        apps.all_models["catalogue"].pop("seeded")
        apps.clear_cache()


def test_every_table_has_a_title_and_every_room_an_owner() -> None:
    tables = {model._meta.db_table for model in our_models()}
    rooms = {model._meta.app_label for model in our_models()}
    remedy = "add it to src/minsheng/insight/catalogue/data/tables.yaml or rooms.yaml"
    assert [one.code for one in datasets() if not one.title] == [], remedy
    assert rooms - set(words("rooms")) == set(), remedy
    assert all(one.owner and one.basis for one in datasets())
    assert all(one.kept for one in datasets() if one.kind is not DatasetKind.LAW)
    assert {one.code for one in datasets() if one.kind is DatasetKind.TABLE} == tables


def test_no_line_describes_what_is_not_there() -> None:
    names = {field.name for model in our_models() for field in model._meta.concrete_fields}
    whole = {f"{model._meta.db_table}.{f.name}" for model in our_models() for f in model._meta.concrete_fields}
    assert set(words("elements")) - names - whole == set()
    assert set(words("tables")) - {model._meta.db_table for model in our_models()} == set()
    assert set(words("rooms")) - {model._meta.app_label for model in our_models()} == set()
    known = {one.code: {f.name for f in one.fields} | {"*"} for one in datasets()}
    for code, fields in words("expectations").items():
        if code == "fresh_days":
            assert set(fields) <= set(known)
            by_table = {model._meta.db_table: model for model in our_models()}
            for table in fields:  # or nothing could be measured
                assert any(isinstance(f, models.DateTimeField) for f in by_table[table]._meta.concrete_fields), table
        elif code != "facts":
            assert set(fields) <= known[code], code


@pytest.mark.parametrize("name", ["elements", "tables", "rooms"])
def test_each_name_is_said_once(name: str) -> None:
    """YAML takes the last of two lines without a word; two people who add the same name would not notice."""
    lines = (DATA / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line.partition(":")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(keys) == sorted(set(keys))
    assert set(keys) == set(words(name))


def test_the_vocabulary_and_the_law_are_in_it_whole() -> None:
    facts = {f.name: f for one in datasets() if one.kind is DatasetKind.FACTS for f in one.fields}
    assert set(facts) == set(ATTRIBUTES)
    assert (facts["wage_income"].meaning, facts["wage_income"].unit) == ("工资性收入（年）", "分/人/年")
    assert facts["wage_income"].source == "人社"
    assert ("male", "男") in facts["sex"].codes
    for name, attribute in ATTRIBUTES.items():
        if attribute.sensitivity is not Sensitivity.PLAIN and attribute.subject != "thing":
            assert facts[name].secrecy is Secrecy.SENSITIVE, name
            assert facts[name].sharing is not Sharing.OPEN, name
    laws = {one.code for one in datasets() if one.kind is DatasetKind.LAW}
    assert laws == {f"law_{code}" for code in seed().schemes}
    allowance = dataset(code="law_old_age_allowance")
    assert allowance is not None
    assert {f.name for f in allowance.fields} >= set(seed().schemes["old_age_allowance"].variables)


def test_secrets_and_people_are_classed_by_what_the_code_says() -> None:
    person = dataset(code="registry_person")
    partner, calendar = dataset(code="exchange_partner"), dataset(code="calendars_year")
    assert person is not None
    assert partner is not None
    assert calendar is not None
    classes = {f.name: f.secrecy for f in person.fields}
    assert classes["id_sealed"] is Secrecy.SEALED
    assert classes["id_index"] is Secrecy.INTERNAL
    assert classes["name"] is Secrecy.PERSONAL
    assert person.sharing is not Sharing.OPEN
    assert calendar.sharing is Sharing.OPEN
    assert next(f.codes for f in person.fields if f.name == "id_kind")  # from the check constraint
    for one in datasets():
        for field in one.fields:
            if field.secrecy in (Secrecy.SEALED, Secrecy.PERSONAL, Secrecy.SENSITIVE):
                assert field.sharing is not Sharing.OPEN, (one.code, field.name)


def test_expectations_reach_what_they_name() -> None:
    found = [e for one in datasets() for e in expectations_of(one)]
    assert any(e.dataset == "registry_person" and e.dimension is Dimension.UNIQUENESS for e in found)
    assert sum(e.dimension is Dimension.VALIDITY for e in found) == len(ATTRIBUTES)
    assert all(e.why and 0 < e.least_permille <= 1000 for e in found)


@pytest.fixture
def reader(db: None, at: datetime) -> Viewer:
    plant_small_tree()
    return staff(at=at, role="district_business", area_id=DISTRICT)


def test_search_finds_by_word_code_and_ground(reader: Viewer) -> None:
    def found(**asked: str) -> set[str]:
        return {f"{hit.dataset.code}.{field.name}" for hit in search(viewer=reader, **asked)[0] for field in hit.fields}

    assert {"registry_person.birth_date", "facts_person.birth_date"} <= found(text="出生日期")
    assert "facts_person.wage_income" in found(text="工资 人社")
    assert found(text="没有这种东西") == set()
    assert {name.split(".")[0] for name in found(room="visits")} >= {"visits_signal"}
    assert all("sealed" in name for name in found(secrecy="sealed", text="封存"))
    whole, fields = search(viewer=reader)
    assert fields == sum(len(one.fields) for one in datasets())
    assert len(whole) == len(datasets())


def test_the_export_is_dcat_and_holds_everything(reader: Viewer) -> None:
    said = json.loads(json.dumps(as_dcat(viewer=reader, address="http://testserver/catalogue/")))
    assert said["@type"] == "dcat:Catalog"
    assert len(said["dcat:dataset"]) == len(datasets())
    for one in said["dcat:dataset"]:
        assert one["@type"] == "dcat:Dataset"
        assert {"dct:identifier", "dct:title", "dct:publisher", "dct:accessRights", "csvw:column"} <= set(one)
        assert one["csvw:column"]
    prefixes = set(said["@context"])
    keys = {key.split(":")[0] for one in said["dcat:dataset"] for key in one if ":" in key}
    assert keys <= prefixes


def test_a_stranger_reads_nothing(at: datetime, reader: Viewer) -> None:
    worker = staff(at=at, role="grid_worker", area_id=4)
    with pytest.raises(PermissionError):
        search(viewer=worker)
    with pytest.raises(PermissionError):
        as_dcat(viewer=worker, address="")

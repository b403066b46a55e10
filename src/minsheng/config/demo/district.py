"""The synthetic district on its way into the registry: generated once, kept as Parquet, loaded by the owner role."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connections

import twin
from minsheng.config.database import Address
from minsheng.config.demo.accounts import system_viewer
from minsheng.config.demo.plan import Plan, Report
from minsheng.foundation.sealing.keyring import read_keyring
from minsheng.records.places.queries import area_ids_by_code
from minsheng.records.registry.bulk import load_district
from minsheng.work.eligibility import operations as eligibility
from minsheng.work.eligibility.law import story_cases

TABLES = ("people", "households", "dwellings", "kin", "receipts", "organisations", "planted")
PAYMENT_EXPORT = "演示：发放系统导出"


def generate_to(*, plan: Plan, seed: int, report: Report) -> twin.District:
    """This function will generate the district and write its tables beside the database."""
    district = twin.generate(
        people=plan.people, seed=seed, as_of=plan.as_of, stories=story_cases() if plan.stories else []
    )
    folder = plan.home / "twin"
    folder.mkdir(exist_ok=True)
    for place, name in enumerate(TABLES, start=1):
        pq.write_table(getattr(district, name), folder / f"{name}.parquet")
        report(place, len(TABLES))
    facts = {
        "story_ids": district.story_ids,
        "story_people": district.story_people,
        "people_asked": district.people_asked,
        "seed": district.seed,
        "as_of": district.as_of.isoformat(),
    }
    (folder / "district.json").write_text(json.dumps(facts, ensure_ascii=False))
    return district


def read_from(*, folder: Path) -> twin.District:
    """This function will read the district that an earlier start wrote."""
    facts = read_facts(folder=folder)
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}
    return twin.District(**tables, **(facts | {"as_of": date.fromisoformat(facts["as_of"])}))


def read_facts(*, folder: Path) -> dict[str, Any]:
    """This function will read what is not a table: seed, month, and where the stories are."""
    facts: dict[str, Any] = json.loads((folder / "district.json").read_text())
    return facts


def load(*, plan: Plan, district: twin.District | None, report: Report) -> None:
    """This function will load people, households and receipts; `district` spares reading the files again."""
    built = district or read_from(folder=plan.home / "twin")
    areas = area_ids_by_code()
    owner = connections["owner"].settings_dict
    address = Address(owner["HOST"], owner["PORT"], owner["USER"], owner["PASSWORD"], owner["NAME"])
    load_district(
        owner_dsn=address.url(),
        district=built,
        area_ids=areas,
        keyring=read_keyring(settings.SEALING_KEY_FILE),
        at=plan.known_since,
        as_of=plan.known_since.date(),
        deaths_known_at=plan.at,
        report=report,
    )
    rows = _receipts(built, areas)
    eligibility.load_receipts(actor=system_viewer(at=plan.at), at=plan.at, source=PAYMENT_EXPORT, rows=rows)


def _receipts(district: twin.District, areas: dict[str, int]) -> pa.Table:
    codes, numbers = zip(*areas.items(), strict=True)
    place = pc.index_in(district.households["community_code"].cast(pa.string()), value_set=pa.array(codes))
    area = pc.take(pa.array(numbers, pa.int32()), place)
    return district.receipts.join(
        pa.table({"household_id": district.households["household_id"], "area_id": area}), keys="household_id"
    )

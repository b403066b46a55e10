"""The synthetic district on its way into the registry: generated once, kept as Parquet, loaded by the owner role."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

import twin
from minsheng.config.demo.accounts import system_viewer
from minsheng.config.demo.progress import Report
from minsheng.config.demo.stages import Plan
from minsheng.records.places.queries import area_ids_by_code
from minsheng.records.registry.bulk import load_district
from minsheng.work.eligibility import operations as eligibility
from minsheng.work.eligibility.law import story_cases

TABLES = ("people", "households", "dwellings", "kin", "receipts", "organisations")
PAYMENT_EXPORT = "演示：发放系统导出"


def generate_to(*, plan: Plan, seed: int, report: Report) -> twin.District:
    """This function will generate the district and write its tables beside the database."""
    district = twin.generate(people=plan.people, seed=seed, as_of=plan.as_of, stories=story_cases())
    folder = plan.home / "twin"
    folder.mkdir(exist_ok=True)
    for place, name in enumerate(TABLES, start=1):
        pq.write_table(getattr(district, name), folder / f"{name}.parquet")
        report(place, len(TABLES))
    return district


def read_from(*, folder: Path) -> dict[str, pa.Table]:
    """This function will read the tables that an earlier start wrote."""
    return {name: pq.read_table(folder / f"{name}.parquet") for name in TABLES}


def load(*, plan: Plan, district: twin.District | None, report: Report) -> None:
    """This function will load people, households and receipts; `district` spares reading the files again."""
    tables = read_from(folder=plan.home / "twin") if district is None else {n: getattr(district, n) for n in TABLES}
    areas = area_ids_by_code()
    owner = settings.DATABASES["owner"]
    load_district(owner=owner, tables=tables, area_ids=areas, at=plan.at, report=report)
    eligibility.load_receipts(
        actor=system_viewer(at=plan.at), at=plan.at, source=PAYMENT_EXPORT, rows=_receipts(tables, areas)
    )


def _receipts(tables: dict[str, pa.Table], areas: dict[str, int]) -> pa.Table:
    households, receipts = tables["households"], tables["receipts"]
    codes = households["community_code"].combine_chunks()
    names, numbers = zip(*areas.items(), strict=True)
    place = pc.index_in(codes.cast(pa.string()), value_set=pa.array(names))
    area = pa.table(
        {"household_id": households["household_id"], "area_id": pc.take(pa.array(numbers, pa.int32()), place)}
    )
    joined = receipts.join(area, keys="household_id")
    return joined

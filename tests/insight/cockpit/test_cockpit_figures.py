"""From the plan's text to a figure and down to its rows, on the demo district, as each role sees it."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.measures import rows_of
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.indicators.measuring import UnableToMeasure, measured
from minsheng.insight.cockpit.indicators.sources import MEASURES
from minsheng.insight.cockpit.models import Figure
from minsheng.insight.cockpit.operations import UnableToOpenRows
from minsheng.insight.cockpit.queries.overview import overview
from minsheng.insight.cockpit.types import Check
from minsheng.work.visits.models import Visit

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("district")]
DISTRICT, CAIHE, QINGBO = "330102000000", "330102012000", "330102001000"


def rows_counted(viewer: Viewer, at: datetime, indicator: str, part: str, area: str) -> int:
    """This function will open all rows behind a figure, page by page."""
    number, after = 0, 0
    while True:
        page = operations.open_rows(actor=viewer, at=at, indicator=indicator, part=part, area_code=area, after=after)
        number += len(page.rows)
        after += len(page.rows)
        if not page.more:
            return number


@pytest.mark.parametrize("role", ["district_business", "street_intake", "community_worker", "auditor"])
def test_every_figure_opens_to_as_many_rows(role: str, viewer_of: Callable[[str], Viewer], at: datetime) -> None:
    viewer = viewer_of(role)
    with acting_as(viewer=viewer, at=at):
        view = overview(viewer=viewer, at=at)
        assert view is not None
        kept = {
            (row.indicator, row.area_id): row
            for row in Figure.objects.filter(area_id=view.top.id, as_of=at.date(), entry_id__isnull=True)
        }
    tried = 0
    for code in ("monthly_visits", "benefit_reach", "visits_overdue", "benefits_missed"):
        row = kept[code, view.top.id]
        assert rows_counted(viewer, at, code, "numerator", view.top.code) == row.numerator, code
        if row.denominator is not None:
            assert rows_counted(viewer, at, code, "denominator", view.top.code) == row.denominator, code
            assert rows_counted(viewer, at, code, "gap", view.top.code) == row.denominator - row.numerator, code
        tried += 1
    assert tried == 4
    assert sum(row.numerator for row in kept.values()) > 0


def test_figures_of_the_parts_add_up_to_the_whole(viewer_of: Callable[[str], Viewer], at: datetime) -> None:
    viewer = viewer_of("district_business")
    with acting_as(viewer=viewer, at=at):
        areas = areas_inside(viewer=viewer)
        for code in ("benefit_reach", "monthly_visits", "benefits_missed"):
            figures = {row.area_id: row.numerator for row in Figure.objects.filter(indicator=code)}
            for depth in (0, 1):
                for area in (a for a in areas if a.depth == depth):
                    inside = sum(figures[a.id] for a in areas if a.parent_id == area.id)
                    assert figures[area.id] == inside, (code, area.name)


def test_the_database_shows_figures_of_own_areas_only(viewer_of: Callable[[str], Viewer], at: datetime) -> None:
    seen = {}
    for role in ("community_worker", "street_intake", "district_business"):
        viewer = viewer_of(role)
        with acting_as(viewer=viewer, at=at):
            own = {area.id for area in areas_inside(viewer=viewer)}
            seen[role] = set(Figure.objects.values_list("area_id", flat=True))
            assert seen[role] <= own
    assert 0 < len(seen["community_worker"]) < len(seen["street_intake"]) < len(seen["district_business"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cockpit_figure")
        assert cursor.fetchone()[0] == 0, "without a context nothing is seen"


@pytest.mark.parametrize("role", ["community_worker", "street_intake"])
def test_a_strangers_area_is_no_page(role: str, open_as: Callable[[str], Client]) -> None:
    client = open_as(role)
    for path in ("/cockpit/", "/cockpit/indicators/monthly_visits/", "/cockpit/indicators/monthly_visits/rows/"):
        assert client.get(path).status_code == 200, path
        assert client.get(path, {"area": QINGBO}).status_code == 404, path
        assert client.get(path, {"area": DISTRICT}).status_code == 404, path


def test_rows_are_not_for_who_may_not_open_records(viewer_of: Callable[[str], Viewer], at: datetime) -> None:
    for role in ("district_leader", "district_accountant"):
        with pytest.raises(UnableToOpenRows, match="要有相应岗位"):
            operations.open_rows(
                actor=viewer_of(role), at=at, indicator="monthly_visits", part="gap", area_code=DISTRICT
            )


def test_a_leader_sees_no_small_cell_and_a_clerk_does(open_as: Callable[[str], Client], at: datetime) -> None:
    path = "/cockpit/indicators/benefit_reach/"
    leader = open_as("district_leader").get(path).content.decode()
    clerk = open_as("district_business").get(path).content.decode()
    assert "人数太少，不显示" in leader
    assert "人数太少，不显示" not in clerk
    # In 2,000 people each street is small: what the leader reads of streets is whole or hidden, never 1 to 4.
    for numerator, denominator in re.findall(r"<td[^>]*>(\d[\d,]*) / (\d[\d,]*)</td>", leader):
        few, many = int(numerator.replace(",", "")), int(denominator.replace(",", ""))
        assert not {few, many, many - few} & {1, 2, 3, 4}


def test_a_page_carries_definition_unit_day_source_and_check(open_as: Callable[[str], Client]) -> None:
    page = open_as("district_business").get("/cockpit/indicators/monthly_visits/").content.decode()
    for words in (
        "已经见到的户所占比例",
        "单位 %",
        "截至2026年11月3日",
        "系统算出，没有复算",
        "走访",
        "区民政局养老服务科",
        "第 293 行",
        "规划目标 100%",
    ):
        assert words in page, words


def test_a_past_day_recomputes_and_a_day_before_the_data_is_not_zero(
    viewer_of: Callable[[str], Viewer], at: datetime
) -> None:
    system = viewer_of("system")
    indicator, today = book().indicators["monthly_visits"], at.date()
    with acting_as(viewer=system, at=at):
        areas = areas_inside(viewer=system)
        top = next(area for area in areas if area.depth == 0)
        before = measured(indicator, on=today, today=today, areas=areas)[top.id]
        missing = rows_of(MEASURES["visits.not_met"], on=today, area_ids=[a.id for a in areas], limit=1)[0]
        assert Visit.objects.filter(household_id=missing.household_id).update(met_date=today) > 0
        after = measured(indicator, on=today, today=today, areas=areas)[top.id]
        assert (after.numerator, after.denominator) == (before.numerator + 1, before.denominator)
        # Whoever is met today was not yet met yesterday.
        yesterday = date(2026, 11, 2)
        past = measured(indicator, on=yesterday, today=today, areas=areas)[top.id]
        assert past.numerator < after.numerator
        assert past.denominator == after.denominator
        with pytest.raises(UnableToMeasure, match="不能当作零"):
            measured(book().indicators["benefit_reach"], on=date(2024, 5, 5), today=today, areas=areas)
        with pytest.raises(UnableToMeasure, match="只能算当天的"):
            measured(book().indicators["cases_late"], on=yesterday, today=today, areas=areas)
        with pytest.raises(UnableToMeasure, match="填报"):
            measured(book().indicators["party_service_centres"], on=today, today=today, areas=areas)


def test_a_recount_says_whether_it_is_what_was_kept(open_as: Callable[[str], Client], at: datetime) -> None:
    client = open_as("district_business")
    path = "/cockpit/indicators/monthly_visits/?recount=1"
    assert "与留下的数一致" in client.get(path).content.decode()
    with acting_as(viewer=system_viewer(at=at), at=at):
        Figure.objects.filter(indicator="monthly_visits", area_id=1).update(numerator=Decimal(12345))
    assert "留下的是 12,345 /" in client.get(path).content.decode()


def test_the_first_page_counts_nobody(open_as: Callable[[str], Client]) -> None:
    """What it reads is as large for 2,000 people as for 1.3 million: kept figures, the plan, areas, the account."""
    client = open_as("district_business")
    for path in ("/cockpit/", "/cockpit/screen/", "/cockpit/streets/", "/cockpit/indicators/benefit_reach/"):
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        read = {table for query in seen for table in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', query["sql"])}
        rooms = {table.split("_")[0] for table in read}
        assert "cockpit" in rooms
        assert rooms & {"registry", "eligibility", "visits", "casework", "payments"} == set(), (path, read)


def test_control_opening_the_rows_does_count(open_as: Callable[[str], Client]) -> None:
    client = open_as("district_business")
    with CaptureQueriesContext(connection) as seen:
        client.get("/cockpit/indicators/monthly_visits/rows/?part=gap")
    assert any("visits_warning" in query["sql"] for query in seen)


def test_a_past_month_is_kept_rechecked_and_a_change_of_the_past_is_seen(
    viewer_of: Callable[[str], Viewer], at: datetime
) -> None:
    system, later = viewer_of("system"), at + timedelta(days=40)
    operations.keep_figures(actor=system, at=at + timedelta(days=20))
    with acting_as(viewer=system, at=later):
        kept = set(Figure.objects.filter(indicator="monthly_visits").values_list("as_of", flat=True))
        assert kept == {date(2026, 11, 23)}, "of a month the last day stays"
    counts = operations.recheck_figures(actor=system, at=later)
    with acting_as(viewer=system, at=later):
        states = set(Figure.objects.filter(indicator="monthly_visits").values_list("check_state", flat=True))
        assert states == {Check.RECHECKED.value}
        Figure.objects.filter(indicator="monthly_visits", area_id=1).update(numerator=Decimal(777))
    assert counts[Check.RECHECKED.value] > 0
    again = operations.recheck_figures(actor=system, at=later)
    assert again[Check.DEVIATES.value] == counts[Check.DEVIATES.value] + 1


def test_only_the_system_keeps_figures(viewer_of: Callable[[str], Viewer], at: datetime) -> None:
    with pytest.raises(UnableToAct):
        operations.keep_figures(actor=viewer_of("district_business"), at=at)

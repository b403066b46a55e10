"""A plan of another year, in other words: its names are suggested by likeness, linked by a person, and then count."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client
from docx import Document
from openpyxl import Workbook

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import NameLink, PlanFile, Statement
from minsheng.insight.cockpit.operations import NewLink, UnableToLink
from minsheng.insight.cockpit.queries.links import links_view
from minsheng.insight.cockpit.queries.plans import all_tracked
from minsheng.insight.cockpit.rules.linking import suggestions

ViewerOf = Callable[[str], Viewer]
SOURCE = Path(__file__).parents[3] / "src" / "minsheng"


def codes(label: str, *units: str, earlier: dict[str, tuple[str, bool]] | None = None) -> list[str]:
    found = suggestions(label, units, indicators=book().indicators.values(), earlier=earlier or {})
    return [one.indicator.code for one in found]


# ---- suggestions -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("label", "unit", "code"),
    [
        ("特困老年人每月探访率", "%", "monthly_visits"),
        ("护理型床位占养老机构床位的比例", "%", "nursing_beds_care"),
        ("社区专职工作者持证比例", "%", "qualified_social_workers"),
        ("康养联合体", "家", "health_care_unions"),
        ("社会组织党群服务中心", "个", "party_service_centres"),
    ],
)
def test_another_wording_finds_its_indicator(label: str, unit: str, code: str) -> None:
    assert codes(label, unit)[:1] == [code]


def test_nothing_is_suggested_for_what_nothing_is_like_and_never_in_another_unit() -> None:
    assert codes("地铁运营里程", "公里") == []
    assert codes("人均公园绿地面积", "平方米") == []
    assert codes("社会工作专业人才占总人口比例", "%") == []
    assert codes("社会工作专业人才占总人口比例", "‰") == ["social_work_talent"]


def test_what_people_said_of_an_earlier_plan_comes_first() -> None:
    earlier = {"特困老年人每月探访率": ("left_behind_visits", False)}
    found = suggestions("特困老年人每月探访率", ("%",), indicators=book().indicators.values(), earlier=earlier)
    assert (found[0].indicator.code, found[0].as_goal) == ("left_behind_visits", False)
    assert "另一份规划" in found[0].why
    assert codes("特困老年人每月探访率", "%")[:1] == ["monthly_visits"], "the control"


def test_no_name_of_the_plan_stands_in_the_code_or_in_the_definitions() -> None:
    """The names of `plans/*.links.yaml` that are no everyday words appear nowhere below src."""
    plans = Path(__file__).parents[3] / "plans"
    text = (plans / "shangcheng-2021-2025.links.yaml").read_text(encoding="utf-8")
    telling = (
        "空巢、失能、重残、独居、计划生育",
        "清明、冬至无烟率",
        "数字化转型七大核心指标全部",
        "对儿童、妇女、老人“三留守”",
    )
    assert all(name in text for name in telling), "the control"
    files = [path for path in SOURCE.rglob("*") if path.suffix in (".py", ".yaml", ".html")]
    assert len(files) > 500
    for path in files:
        said = path.read_text(encoding="utf-8")
        assert not [name for name in telling if name in said], path


# ---- a future plan, from the file to the cockpit ---------------------------------------------------------------
def word_file() -> bytes:
    """This function will write a plan of 2026–2030 with names of its own, as a Word file with a table."""
    document = Document()
    for words in (
        "青云区民政事业发展“十五五”规划",
        "（2026—2030年）",
        "一、主要目标",
        "到2030年，康养联合体达到20家。",
    ):
        document.add_paragraph(words)
    rows = [
        ("序号", "指标", "2025年", "2030年目标", "属性"),
        ("1", "特困老年人每月探访率（%）", "92", "100", "约束性"),
        ("2", "护理型床位占养老机构床位的比例（%）", "70", "80", "约束性"),
        ("3", "地铁运营里程（公里）", "50", "90", "预期性"),
    ]
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def sheet_file() -> bytes:
    book_ = Workbook()
    sheet = book_.active
    assert sheet is not None
    for row in (
        ("指标", "单位", "2025年", "2030年目标"),
        ("社区助餐点", "个", 40, 80),
        ("老年人月探访率", "%", 92, 100),
    ):
        sheet.append(row)
    held = io.BytesIO()
    book_.save(held)
    return held.getvalue()


@pytest.fixture
def future(viewer_of: ViewerOf, at: datetime) -> int:
    """This fixture will import the plan of 2026–2030."""
    return operations.import_plan(
        actor=viewer_of("district_business"),
        at=at,
        file_name="十五五.docx",
        content=word_file(),
        source_note="试验用，虚构",
    )


@pytest.mark.slow
@pytest.mark.xdist_group("district")
def test_a_future_plan_counts_once_a_person_has_linked_its_names(
    future: int, open_as: Callable[[str], Client], viewer_of: ViewerOf, at: datetime
) -> None:
    business, bureau = viewer_of("district_business"), open_as("district_business")
    operations.put_in_force(actor=business, at=at, plan_id=future)
    with acting_as(viewer=business, at=at):
        assert not [one for one in all_tracked()[1].values() if one.goal], "nothing answers by itself"
        view = links_view(viewer=business, plan_id=future)
    assert view is not None
    waiting = {line.label: [one.indicator.code for one in line.suggested] for line in view.waiting}
    assert set(waiting) == {"特困老年人每月探访率", "护理型床位占养老机构床位的比例", "地铁运营里程", "康养联合体"}
    assert waiting["特困老年人每月探访率"][0] == "monthly_visits"
    assert waiting["康养联合体"][0] == "health_care_unions", "as it was said of the plan of 2021–2025"
    assert waiting["地铁运营里程"] == []
    path = f"/cockpit/plans/{future}/links/"
    page = bureau.get(path).content.decode()
    assert "4 个名称还没有指标对应" in page
    given = {"label": "特困老年人每月探访率", "indicator": "monthly_visits"}
    assert bureau.post(f"{path}new/", given).status_code == 302
    assert bureau.post(f"{path}new/", {"label": "地铁运营里程", "indicator": ""}).status_code == 302
    assert "2 个名称还没有指标对应" in bureau.get(path).content.decode()
    with acting_as(viewer=business, at=at):
        found = all_tracked()[1]["monthly_visits"]
        assert AuditEntry.objects.filter(action="cockpit.name_linked", object_id=str(future)).count() == 2
    assert found.goal is not None
    assert (found.goal.value, found.goal.until) == (Decimal(100), date(2030, 12, 31))
    assert [(point.on.year, point.value) for point in found.facts] == [(2025, Decimal(92))]
    first = bureau.get("/cockpit/indicators/monthly_visits/").content.decode()
    assert "规划目标 100%，2030年12月前" in first
    # The last word holds, and every word stays.
    past = given | {"past_only": "on"}
    assert bureau.post(f"{path}new/", past).status_code == 302
    with acting_as(viewer=business, at=at):
        again = all_tracked()[1]["monthly_visits"]
        assert NameLink.objects.filter(plan_id=future, label=given["label"]).count() == 2
    assert again.goal is None
    assert len(again.facts) == 1
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), acting_as(viewer=business, at=at):
        NameLink.objects.filter(plan_id=future).delete()


@pytest.mark.slow
@pytest.mark.xdist_group("district")
def test_a_name_that_is_corrected_keeps_its_indicator(future: int, viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    operations.put_in_force(actor=business, at=at, plan_id=future)
    link = NewLink("康养联合体", "health_care_unions")
    operations.link_name(actor=business, at=at, plan_id=future, link=link)
    row = Statement.objects.get(plan_id=future, label="康养联合体")
    operations.correct_statement(
        actor=business, at=at, statement_id=row.pk, label="康养联合体（含嵌入式）", unit="家",
        values=tuple((value["year"], value["value"]) for value in row.values), set_aside=False, reason="与原件核对",
    )  # fmt: skip
    with acting_as(viewer=business, at=at):
        goal = all_tracked()[1]["health_care_unions"].goal
    assert goal is not None
    assert goal.value == 20


@pytest.mark.slow
@pytest.mark.xdist_group("district")
def test_a_workbook_of_other_columns_is_linked_too(viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    number = operations.import_plan(
        actor=business, at=at, file_name="指标表.xlsx", content=sheet_file(), source_note="试验用，虚构"
    )
    with acting_as(viewer=business, at=at):
        view = links_view(viewer=business, plan_id=number)
    assert view is not None
    first = {line.label: line.suggested[0].indicator.code for line in view.waiting if line.suggested}
    assert first["老年人月探访率"] == "monthly_visits"
    assert {line.label for line in view.waiting} == {"社区助餐点", "老年人月探访率"}


@pytest.mark.slow
@pytest.mark.xdist_group("district")
def test_a_wrong_link_says_what_is_wrong_and_only_the_bureau_links(
    viewer_of: ViewerOf, at: datetime, open_as: Callable[[str], Client]
) -> None:
    business, plan = viewer_of("district_business"), PlanFile.objects.get().pk
    for link, says in (
        (NewLink("没有的名称", "monthly_visits"), "没有这个名称"),
        (NewLink("女性儿童主任比例", "no_such"), "没有这个指标"),
    ):
        with pytest.raises(UnableToLink, match=says):
            operations.link_name(actor=business, at=at, plan_id=plan, link=link)
    with pytest.raises(UnableToLink, match="没有这份规划"):
        operations.link_name(actor=business, at=at, plan_id=10**6, link=NewLink("x", ""))
    with pytest.raises(UnableToAct):
        operations.link_name(
            actor=viewer_of("district_leader"), at=at, plan_id=plan, link=NewLink("女性儿童主任比例", "")
        )
    leader = open_as("district_leader")
    page = leader.get(f"/cockpit/plans/{plan}/links/").content.decode()
    assert "选别的指标" not in page
    assert leader.get(f"/cockpit/plans/{10**6}/links/").status_code == 404

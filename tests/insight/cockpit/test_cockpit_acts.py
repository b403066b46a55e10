"""Acts of the cockpit on the demo district: entries by two, a plan read and corrected, projects, self-evaluation."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from openpyxl import load_workbook

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.models import Correction, Entry, Figure, PlanFile, ProjectReport, Statement
from minsheng.insight.cockpit.operations import (
    NewLink,
    NewReport,
    Stated,
    UnableToEnter,
    UnableToEvaluate,
    UnableToFindEntry,
    UnableToImportPlan,
    UnableToReport,
)
from minsheng.insight.cockpit.queries.indicator import indicator_view
from minsheng.insight.cockpit.queries.overview import overview
from minsheng.insight.cockpit.queries.plans import all_tracked, audit_view, links_of
from minsheng.insight.cockpit.queries.projects import projects
from minsheng.insight.cockpit.queries.streets import self_checks
from minsheng.insight.cockpit.rules.pace import Standing
from minsheng.insight.cockpit.types import Check, Grade, Stage, StatementKind

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("district")]
DISTRICT, CAIHE, QINGBO = "330102000000", "330102012000", "330102001000"
PLAN = Path(__file__).parents[3] / "plans" / "shangcheng-2021-2025.txt"
ViewerOf = Callable[[str], Viewer]


def stated(
    indicator: str, numerator: int | None, denominator: int | None = None, *, area: str = DISTRICT, year: int = 2025
) -> Stated:
    return Stated(
        indicator,
        area,
        date(year, 12, 31),
        None if numerator is None else Decimal(numerator),
        None if denominator is None else Decimal(denominator),
        "2025 年末台账第 3 页",
        "台账〔2025〕7号",
    )


# ---- entries ---------------------------------------------------------------------------------------------------
def test_an_entry_counts_only_once_another_person_confirmed_it(viewer_of: ViewerOf, at: datetime) -> None:
    owner, other = viewer_of("district_business"), viewer_of("district_review")
    number = operations.enter_value(actor=owner, at=at, stated=stated("eco_burial_places", 3, 4))
    with acting_as(viewer=owner, at=at):
        assert not Figure.objects.filter(indicator="eco_burial_places").exists()
    with pytest.raises(UnableToAct):
        operations.confirm_entry(actor=owner, at=at, entry_id=number)
    with pytest.raises(UnableToEnter, match="填过一次"):
        operations.enter_value(actor=owner, at=at, stated=stated("eco_burial_places", 4, 4))
    operations.confirm_entry(actor=other, at=at, entry_id=number)
    with acting_as(viewer=owner, at=at):
        view = overview(viewer=owner, at=at)
    assert view is not None
    card = next(card for card in view.cards if card.indicator.code == "eco_burial_places")
    assert (card.value, card.standing, card.check) == (Decimal(75), Standing.OVERDUE, Check.CONFIRMED.label)
    with pytest.raises(UnableToEnter, match="已经处理过"):
        operations.confirm_entry(actor=other, at=at, entry_id=number)


def test_the_database_refuses_one_person_for_both(viewer_of: ViewerOf, at: datetime) -> None:
    owner = viewer_of("district_business")
    number = operations.enter_value(actor=owner, at=at, stated=stated("eco_burial_places", 3, 4))
    with acting_as(viewer=owner, at=at), pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Entry.objects.filter(pk=number).update(confirmed_by=owner.account_id, confirmed_at=at)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (stated("monthly_visits", 1, 1), "由系统计算"),
        (stated("eco_burial_places", 5, 4), "分子比分母还大"),
        (stated("eco_burial_places", 1, 0), "分母是 0"),
        (stated("eco_burial_places", None, 4), "不知道就先不报"),
        (stated("eco_burial_places", 1, 4, year=2027), "不能晚于今天"),
        (stated("eco_burial_places", 1, 4, area=CAIHE), "请选负责的区"),
        (stated("social_work_talent", 5, None, year=2019), "不能当作零"),
    ],
)
def test_a_wrong_entry_says_what_is_wrong(given: Stated, says: str, viewer_of: ViewerOf, at: datetime) -> None:
    with pytest.raises(UnableToEnter, match=says):
        operations.enter_value(actor=viewer_of("district_business"), at=at, stated=given)


def test_the_side_that_the_registry_knows_is_counted_and_not_typed(viewer_of: ViewerOf, at: datetime) -> None:
    owner = viewer_of("district_business")
    talent = Stated("social_work_talent", DISTRICT, at.date(), Decimal(3), None, "人才名册", "名册〔2026〕1号")
    number = operations.enter_value(actor=owner, at=at, stated=talent)
    with acting_as(viewer=owner, at=at):
        entry = Entry.objects.get(pk=number)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM registry_membership m JOIN registry_person p ON p.id = m.person_id"
                " AND p.merged_into_id IS NULL WHERE m.kind = 'residence' AND m.valid_to IS NULL"
            )
            assert entry.denominator == cursor.fetchone()[0]


def test_an_entry_of_another_street_is_nothing_to_a_stranger(viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    number = operations.enter_value(actor=business, at=at, stated=stated("first_time_success", 9, 10, area=QINGBO))
    with pytest.raises(UnableToFindEntry):
        operations.confirm_entry(actor=viewer_of("street_review"), at=at, entry_id=number)
    operations.send_entry_back(actor=viewer_of("district_review"), at=at, entry_id=number, reason="台账对不上")


# ---- plans -----------------------------------------------------------------------------------------------------
def test_the_plan_of_the_demo_is_the_text_and_every_figure_has_its_place(viewer_of: ViewerOf, at: datetime) -> None:
    lines = PLAN.read_text(encoding="utf-8").split("\n")
    plan = PlanFile.objects.get()
    assert plan.source_note
    assert [line.strip() for line in plan.lines] == [line.strip() for line in lines]
    with acting_as(viewer=viewer_of("district_business"), at=at):
        _, found = all_tracked()
    with_goal = {code: one for code, one in found.items() if one.goal}
    assert len(with_goal) >= 35
    for one in with_goal.values():
        assert one.goal is not None
        printed = "".join(lines[one.goal.line - 1 : one.goal.line + 2])
        assert f"{one.goal.value.normalize():f}" in printed or re.search("全覆盖|全部|全面", printed), one.goal


def test_all_rows_of_both_tables_and_all_targets_answer_to_an_indicator(viewer_of: ViewerOf, at: datetime) -> None:
    with acting_as(viewer=viewer_of("district_business"), at=at):
        answered = {label for label, link in links_of(PlanFile.objects.get().pk).items() if link.indicator}
    rows = Statement.objects.filter(kind__in=["indicator", "target"])
    assert rows.filter(kind="indicator").count() == 21
    assert set(rows.values_list("label", flat=True)) - answered == {
        "事后"
    }  # 事后全覆盖: of what, the text does not say


def test_monthly_facts_become_yearly_and_a_weak_target_is_doubted(viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    with acting_as(viewer=business, at=at):
        view = indicator_view(viewer=business, at=at, code="minimum_standard_year")
    assert view is not None
    assert [(point.on.year, point.value) for point in view.tracked.facts] == [(2016, 744 * 12), (2020, 1102 * 12)]
    assert view.tracked.goal is not None
    assert view.tracked.goal.until == date(2025, 12, 31)
    assert "太弱" in view.warnings[0]


def test_each_street_one_stands_beside_the_target_of_the_table(viewer_of: ViewerOf, at: datetime) -> None:
    with acting_as(viewer=viewer_of("district_business"), at=at):
        union = all_tracked()[1]["health_care_unions"]
    assert union.goal is not None
    assert union.goal.line == 199
    assert any("第 303 行另写“每个街道至少建成1家”" in note for note in union.notes)


def test_a_trend_is_carried_on_with_earliest_and_latest_day_and_what_if(open_as: Callable[[str], Client]) -> None:
    page = open_as("district_business").get("/cockpit/indicators/party_service_centres/?a_year=11").content.decode()
    assert re.search(r"预计20\d\d年\d+月\d+日达到，最早20\d\d年\d+月\d+日，最晚20\d\d年\d+月\d+日（八成把握）", page)
    assert re.search("如果目标定为 70 个、每年变化 11 个，从2025年12月31日的 37 个 起，2028年12月31日达到", page)
    assert "到期没有达到" in page


def test_named_documents_are_kept_with_their_place(district: None) -> None:
    kept = set(Statement.objects.filter(kind="document").values_list("label", flat=True))
    named = (
        "城镇老旧小区改造",
        "改革完善社会救助制度",
        "养老机构管理办法",
        "适老化改造工程",
        "老年人运用智能技术困难",
        "杭州民政事业发展",
        "二〇三五年远景目标纲要",
        "推进新时代民政事业高质量发展的意见",
        "六大示范区",
    )
    for words in named:
        assert any(words in label for label in kept), words


def test_a_word_file_is_read_corrected_and_put_in_force(viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    text = ["某区民政事业发展规划（2026-2030）", "一、主要目标", "到2030年，建成邻里中心12家以上。", "老年食堂若干。"]
    number = operations.import_plan(
        actor=business, at=at, file_name="规划.docx", content=docx(text), source_note="试验用，虚构"
    )
    target = Statement.objects.get(plan_id=number, kind=StatementKind.TARGET.value)
    assert (target.label, target.values[0]["value"], target.values[0]["year"]) == ("邻里中心", "12", 2030)
    operations.correct_statement(
        actor=business,
        at=at,
        statement_id=target.pk,
        label="片区级“邻里中心”",
        unit="家",
        values=((2029, "15"),),
        set_aside=False,
        reason="与原件核对",
    )
    link = NewLink("片区级“邻里中心”", "neighbourhood_centres")
    operations.link_name(actor=business, at=at, plan_id=number, link=link)
    operations.put_in_force(actor=business, at=at, plan_id=number)
    with acting_as(viewer=business, at=at):
        goal = all_tracked()[1]["neighbourhood_centres"].goal
    assert goal is not None
    assert (goal.value, goal.until) == (Decimal(15), date(2029, 12, 31))
    kept = Correction.objects.get(statement=target)
    assert (kept.before["label"], kept.before["values"][0]["value"]) == ("邻里中心", "12")
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        Correction.objects.filter(pk=kept.pk).update(reason="改写")
    with pytest.raises(UnableToImportPlan, match="已经导入过"):
        operations.import_plan(actor=business, at=at, file_name="again.docx", content=docx(text), source_note="再一次")


def docx(paragraphs: list[str]) -> bytes:
    """This function will write the smallest Word file."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in paragraphs)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        stamp = zipfile.ZipInfo("word/document.xml", (2026, 1, 1, 0, 0, 0))
        package.writestr(stamp, f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return held.getvalue()


def test_the_audit_is_a_page_with_the_known_errors(open_as: Callable[[str], Client], viewer_of: ViewerOf) -> None:
    plan = PlanFile.objects.get()
    page = open_as("district_leader").get(f"/cockpit/plans/{plan.pk}/audit/").content.decode()
    view = audit_view(viewer=viewer_of("district_leader"), plan_id=plan.pk)
    assert view is not None
    assert len(view.findings) == 31
    assert page.count('class="card finding') == 31
    for words in ("“望北邻里中心”的总投资等于序号 11", "康养联合体", "对着原文看"):
        assert words in page
    errors = open_as("district_leader").get(f"/cockpit/plans/{plan.pk}/audit/?severity=错误").content.decode()
    assert errors.count('class="card finding') == view.count("错误") < 31


def test_a_statement_stands_beside_its_source_and_only_the_bureau_corrects(open_as: Callable[[str], Client]) -> None:
    row = Statement.objects.filter(label="女性儿童主任比例").get()
    path = f"/cockpit/plans/statements/{row.pk}/"
    bureau, leader = open_as("district_business"), open_as("district_leader")
    page = bureau.get(path).content.decode()
    assert 'class="source-it"' in page
    assert "女性儿童主任比例达80%" in page
    assert "照这样更正" in page
    assert "照这样更正" not in leader.get(path).content.decode()
    assert leader.post(f"{path}correct/", {"reason": "x"}).status_code == 403
    refused = bureau.post(f"{path}correct/", {"label": row.label, "unit": "%", "year_0": "2025", "value_0": "八成"})
    assert refused.status_code == 422
    given = {"label": row.label, "unit": "%", "year_0": "2025", "value_0": "80", "reason": "核对过"}
    assert bureau.post(f"{path}correct/", given).status_code == 302


# ---- projects --------------------------------------------------------------------------------------------------
def test_projects_show_cost_delay_and_the_two_spoilt_investments_as_missing(viewer_of: ViewerOf, at: datetime) -> None:
    business = viewer_of("district_business")
    with acting_as(viewer=business, at=at):
        found = projects(viewer=business, at=at)
    assert len(found.lines) == 12
    missing = {line.name: line.missing for line in found.lines if line.investment_fen is None}
    assert set(missing) == {"望北邻里中心", "望南邻里中心"}
    assert all("序号" in why and "每平方米" in why for why in missing.values())
    by_name = {line.name: line for line in found.lines}
    # 5,049 万元 over 8,144 m²; the plan's ten known investments add up without the two spoilt ones.
    assert by_name["凯旋街道党群服务中心(邻里中心)"].unit_cost_yuan == 6200
    assert found.investment_fen == 54_261_36_00 * 100
    assert found.area_m2 == Decimal("105760.4")
    assert found.lines[0].delay.is_late, "the late ones stand first"


def test_a_report_mends_a_spoilt_investment_and_stays_on_record(viewer_of: ViewerOf, at: datetime) -> None:
    business, street = viewer_of("district_business"), viewer_of("street_intake")
    row = Statement.objects.get(label="望北邻里中心", kind="project")

    def report(**given: object) -> NewReport:
        usual = {
            "statement_id": row.pk,
            "stage": Stage.BUILDING,
            "on_date": at.date(),
            "planned_end": date(2026, 6, 30),
            "expected_end": date(2026, 12, 31),
            "spent_fen": 5_000_000_00,
            "investment_fen": 90_000_000_00,
            "note": "按批复补报",
            "delay_reason": "设计变更",
        }
        return NewReport(**usual | given)  # type: ignore[arg-type]

    with pytest.raises(UnableToReport, match="不在负责的区域"):
        operations.report_project(actor=street, at=at, report=report())  # 采荷 reports nothing of 望江
    operations.report_project(actor=business, at=at, report=report())
    with acting_as(viewer=business, at=at):
        line = next(line for line in projects(viewer=business, at=at).lines if line.id == row.pk)
    assert (line.missing, line.investment_source, line.spent_percent) == ("", "负责人补报", 5)
    assert line.delay.words == "预计比计划晚 184 天"
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        acting_as(viewer=business, at=at),
    ):
        ProjectReport.objects.all().delete()


# ---- self-evaluation -------------------------------------------------------------------------------------------
def test_a_street_says_of_itself_and_somebody_else_looks_after(viewer_of: ViewerOf, at: datetime) -> None:
    street, bureau = viewer_of("street_confirm"), viewer_of("district_review")
    usual = {"indicator": "benefit_reach", "area_code": CAIHE, "year": 2026, "grade": Grade.REACHED}
    usual["document_number"] = "走访台账 11 月"
    number = operations.evaluate_self(actor=street, at=at, words="都走到了", **usual)  # type: ignore[arg-type]
    again = operations.evaluate_self(actor=street, at=at, words="还差两户", **usual)  # type: ignore[arg-type]
    assert number == again
    operations.inspect(actor=bureau, at=at, check_id=number, grade=Grade.BEHIND, words="抽查三户，一户没到")
    with pytest.raises(UnableToEvaluate, match="已经检查过"):
        operations.evaluate_self(actor=street, at=at, words="再改", **usual)  # type: ignore[arg-type]
    with acting_as(viewer=bureau, at=at):
        lines = [line for line in self_checks(viewer=bureau, year=2026, areas={}) if line.id == number]
    assert (lines[0].differs, lines[0].words) == (True, "还差两户")
    with pytest.raises(UnableToEvaluate, match="自评由街道做"):
        other = usual | {"area_code": QINGBO}
        operations.evaluate_self(actor=street, at=at, words="别人的", **other)  # type: ignore[arg-type]


# ---- the yearly report -----------------------------------------------------------------------------------------
def test_the_yearly_report_is_one_click_and_on_record(
    open_as: Callable[[str], Client], viewer_of: ViewerOf, at: datetime
) -> None:
    leader = open_as("district_leader")
    document = leader.get("/cockpit/report/pdf/")
    assert document.content[:5] == b"%PDF-"
    table = leader.get("/cockpit/report/xlsx/")
    sheet = load_workbook(io.BytesIO(table.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    header, body = rows[1], rows[2:]
    viewer = viewer_of("district_leader")
    with acting_as(viewer=viewer, at=at):
        view = overview(viewer=viewer, at=at)
        assert view is not None
        assert AuditEntry.objects.filter(action="cockpit.report_taken").count() == 2
    assert len(body) == len(view.cards)
    assert header[:3] == ("章", "指标", "现在")
    said = {row[1]: row[2] for row in body}
    for card in view.cards:
        assert said[card.indicator.label] == card.words
    assert open_as("street_intake").get("/cockpit/report/pdf/").status_code == 403

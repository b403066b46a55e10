"""The reader: every statement with its place, nothing invented, what is not understood is listed."""

from decimal import Decimal

import pytest
from plan_texts import clean_lines, real_lines

from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.sources import UnableToReadPlan
from minsheng.insight.cockpit.plan.statements import Level, Plan


@pytest.fixture(scope="module")
def real() -> Plan:
    return read_plan(real_lines())


def test_the_skeleton_of_the_real_plan(real: Plan) -> None:
    assert (real.title, real.first_year, real.last_year) == ("上城区民政事业发展“十四五”规划", 2021, 2025)
    assert len(real.contents) == len(real.headings) == 54
    levels = [h.level for h in real.headings]
    assert [levels.count(level) for level in Level] == [4, 14, 30, 4, 2]
    tasks = [h.number for h in real.headings if h.level is Level.ITEM and "主要工作任务" in h.place.section]
    assert tasks == list(range(1, 20))


def test_the_tables_of_the_real_plan(real: Plan) -> None:
    assert [t.kind for t in real.tables] == ["indicators", "indicators", "projects"]
    assert [sum(i.table == t.caption for i in real.indicators) for t in real.tables] == [11, 10, 0]
    row = next(i for i in real.indicators if i.place.line == 204)
    assert (row.number, row.name, row.unit, row.span) == (7, "社会工作专业人才占总人口比例", "‰", 5)
    assert [(c.year, c.role, c.value) for c in row.cells] == [(2020, "actual", 1), (2025, "target", Decimal("1.5"))]
    assert (row.growth, row.attribute) == (Decimal("8.4"), "")
    first = real.indicators[0]
    assert (first.attribute, first.cells[0].year) == (None, 2015)
    assert real.indicators[2].cells[0].value is None  # printed as --: unknown is not zero


def test_the_projects_of_the_real_plan(real: Plan) -> None:
    assert len(real.projects) == 12
    third = real.projects[2]
    assert (third.owner, third.area, third.investment) == ("采荷街道", Decimal("12451.4"), Decimal(18630))
    sound = [p.investment for p in real.projects if p.number and p.number <= 10 and p.investment]
    assert sum(sound) == Decimal("54261.36")


def test_targets_and_their_deadlines(real: Plan) -> None:
    deadlines = {t.wording: t.deadline for t in real.targets}
    assert deadlines["至2025年女性儿童主任比例达80%"] == 2025
    assert deadlines["示范型儿童之家全区不少于20家"] == 2022
    assert deadlines["5年内新增社会工作岗位500个以上"] == 2025
    assert deadlines["争创20个国际化社区示范点"] is None
    assert not [t for t in real.targets if "431" in t.wording], "the past is no promise"


def test_sums_changes_and_lists(real: Plan) -> None:
    assert [(int(s.total.value), len(s.parts)) for s in real.sums] == [(1101, 3), (616, 5)]
    change = real.changes[0]
    assert (change.start.year, change.end.year, change.printed_rate) == (2016, 2020, Decimal("48.1"))
    assert change.start.value is not None
    assert change.end.value is not None
    rate = (change.end.value / change.start.value - 1) * 100
    assert rate.quantize(Decimal("0.1")) == change.printed_rate, "printed as it is computed"
    announced = [item.announced for item in real.listings if item.announced in item.counts]
    assert 12 in announced
    assert len(announced) == len(real.listings)


def test_a_figure_over_a_page_break_keeps_the_line_it_stands_on(real: Plan) -> None:
    parts = real.sums[1].parts
    assert [p.place.line for p in parts] == [111, 111, 111, 111, 113]


def test_documents_and_what_the_notice_announces(real: Plan) -> None:
    titles = [d.title for d in real.documents if d.place.line >= 385]
    assert len(titles) == 5
    assert [d.place.line for d in real.documents if d.is_announced] == [5, 9]


def test_what_is_not_understood_is_listed_with_a_reason(real: Plan) -> None:
    reasons = {u.reason for u in real.unread}
    assert {"引号里的代号或口号", "等级代号，不是数量", "文号，不是数量"} <= reasons
    assert all(u.place.line and u.place.quote for u in real.unread)
    listed = "".join(u.place.quote for u in real.unread)
    for code in ("5823", "95510", "1+8+X", "3A级"):
        assert code in listed


def test_every_figure_of_the_text_is_either_read_or_listed() -> None:
    lines = clean_lines()
    lines[13] = "全区有老年电视大学教学点37，另有活动站45个。"
    plan = read_plan(lines)
    assert 45 in {int(q.value) for q in plan.quantities}
    assert any("37" in u.place.quote for u in plan.unread)


def test_cells_that_are_no_figures_are_listed_and_not_guessed() -> None:
    lines = [line.replace("\t18\t20\t2.1", "\t约18\t20\t2.1") for line in clean_lines()]
    plan = read_plan(lines)
    assert plan.indicators[3].cells[0].value is None
    assert [u.reason for u in plan.unread if "约18" in u.reason] == ["“约18”不是数字"]


def test_attributes_and_stages_are_read_where_they_are_printed() -> None:
    plan = read_plan(clean_lines())
    assert [i.attribute for i in plan.indicators] == ["约束性", "预期性", "预期性", "预期性"]
    lines = [line.replace("总投资（万元）", "总投资（万元）\t开工时间") for line in clean_lines()]
    lines = [line + "\t2022年" if "东街养老服务中心" in line else line for line in lines]
    assert read_plan(lines).projects[0].stages == {"开工时间": "2022年"}


def test_a_table_of_another_kind_is_listed() -> None:
    plan = read_plan([*clean_lines(), "", "表9：值班安排", "日期\t姓名", "周一\t甲"])
    assert plan.tables[-1].kind == "other"
    assert any("没有“指标”或“项目”" in u.reason for u in plan.unread)


def test_circled_numbers_are_no_numbers() -> None:
    lines = [line.replace("1\t护理型", "①\t护理型") for line in clean_lines()]
    assert read_plan(lines).indicators[0].number is None


def test_an_empty_plan_is_refused() -> None:
    with pytest.raises(UnableToReadPlan):
        read_plan(["", "  "])


def test_a_column_with_nothing_but_a_year_is_a_target_when_the_plan_has_begun() -> None:
    lines = [line.replace("2020年实际值", "2020年").replace("2025年目标值", "2025年") for line in clean_lines()]
    assert {tuple(c.role for c in i.cells) for i in read_plan(lines).indicators} == {("actual", "target")}

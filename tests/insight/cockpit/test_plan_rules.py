"""Each rule on the clean plan with one thing spoiled: the rule speaks, and nothing else does unless it says so."""

import random

import pytest
from plan_texts import CLEAN, CLEAN_KNOWLEDGE, clean_lines, findings_with, real_lines

from minsheng.insight.cockpit.plan.audit import Finding, audit
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.reading import read_plan

# rule, text before, text after
SPOILED = [
    ("growth.no_period_fits", "\t65\t5.4", "\t65\t7.9"),
    ("growth.mixed_periods", "\t65\t5.4", "\t65\t6.8"),
    ("growth.missing", "\t65\t5.4", "\t65\t--"),
    ("sums.parts", "民办养老机构9家", "民办养老机构8家"),
    ("sums.change", "增幅达60%", "增幅达50%"),
    ("sums.announced_count", "“居家、社区、机构”三类", "“居家、社区、机构”四类"),
    ("sums.table_total", "\t14100\t7400", "\t14200\t7400"),
    ("units.missing", "养老机构数（家）", "养老机构数"),
    ("units.name_mismatch", "养老机构数（家）", "养老机构数（%）"),
    ("units.name_mismatch", "床位比例（%）", "床位比例（张）"),
    ("denominators.missing", "每百位老年人拥有床位3.25张", "床位3.25张"),
    ("periods.column_without_year", "2025年目标值", "目标值"),
    ("periods.missing", "持续增加，", "持续增加。服务稳定。全年未发生安全事故，"),
    ("baselines.missing", "人数（人）\t200\t400\t14.9", "人数（人）\t--\t400\t--"),
    ("targets.already_met", "\t18\t20\t2.1", "\t18\t18\t--"),
    ("targets.below_present", "\t18\t20\t2.1", "\t18\t16\t-2.3"),
    ("targets.deadline_missing", "到2023年底，完成", "完成"),
    ("targets.per_unit", "每个街道建成1家", "每个街道建成2家"),
    ("values.text_against_table", "比例达到65%", "比例达到68%"),
    ("projects.row_number", "\t3000\t1500", "\t3000\t2"),
    ("projects.unit_cost", "\t3000\t1500", "\t3000\t9500"),
    ("structure.contents_differ", "（二）重点任务\t3", "（二）重点工作\t3"),
    ("structure.not_in_contents", "（二）重点任务\t3\n", ""),
    ("structure.not_in_body", "（二）重点任务\t3\n", "（二）重点任务\t3\n（三）保障\t3\n"),
    ("structure.row_numbering", "3\t养老护理员", "4\t养老护理员"),
    ("structure.row_without_number", "3\t养老护理员", "\t养老护理员"),
    ("structure.repeated", "健全监管制度。", "健全监管制度，推进综合监管改革，加强协同，推进综合监管改革。"),
    ("documents.misquoted", "《养老机构管理办法》", "《养老机构管理规定办法》"),
    ("structure.contents_differ", "（二）重点任务\t3", "（三）重点任务\t3"),
    ("structure.enumeration", "健全监管制度。", "健全监管制度。一是加强培训；二是公开标准；四是定期回访。"),
    ("units.above_whole", "比例达到65%", "比例达到165%"),
    ("targets.outside_plan", "到2023年底，完成", "到2013年底，完成"),
    ("targets.outside_plan", "规划期为2021至2025年", "规划期为2021至2024年"),
    ("language.confused_word", "健全监管制度", "健全权利清单制度"),
]


def rules(found: tuple[Finding, ...]) -> set[str]:
    return {finding.rule for finding in found}


@pytest.mark.parametrize(("rule", "before", "after"), SPOILED, ids=[f"{r}-{n}" for n, (r, _, _) in enumerate(SPOILED)])
def test_a_spoiled_plan_is_found_out(rule: str, before: str, after: str) -> None:
    assert rule in rules(findings_with(before, after))


# What looks like an error and is none; each stands beside the rule that must keep quiet.
HARMLESS = [
    ("a rounded growth", "\t65\t5.4", "\t65\t5.39"),
    ("a target that is a floor", "4\t养老机构数（家）\t18\t20\t2.1", "4\t养老机构数不少于（家）\t18\t18\t--"),
    ("a rate at the top", "4\t养老机构数（家）\t18\t20\t2.1", "4\t签约覆盖率（%）\t100\t100\t--"),
    ("a falling target of a bad thing", "4\t养老机构数（家）\t18\t20\t2.1", "4\t安全事故数（起）\t18\t16\t-2.3"),
    (
        "a slogan said twice",
        "健全监管制度。",
        "健全“精准保障、和谐治理、温暖城市”制度，落实“精准保障、和谐治理、温暖城市”。",
    ),
    ("the short form of a list", "“居家、社区、机构”三类", "居家、社区、机构等10类"),
    ("a document nobody knows", "《养老机构管理办法》", "《青禾区养老服务设施建设三年行动方案》"),
    ("points that begin anew", "健全监管制度。", "健全监管制度。一是培训；二是回访。方法有：一是走访；二是电话。"),
    ("growth above a hundred percent", "完成设施改造", "服务量增长150%，完成设施改造"),
    ("an honest average", "3.25张", "平均3.25张"),
]


@pytest.mark.parametrize(("before", "after"), [(b, a) for _, b, a in HARMLESS[:5] + HARMLESS[6:]])
def test_what_looks_like_an_error_and_is_none(before: str, after: str) -> None:
    assert findings_with(before, after) == ()


def test_a_list_closed_by_others_may_be_shorter_than_announced_but_is_asked_about() -> None:
    assert rules(findings_with(*HARMLESS[5][1:])) == {"sums.announced_count"}


def test_without_the_number_of_streets_the_auditor_says_so() -> None:
    text = CLEAN.replace("每个街道建成1家", "每个街道建成2家").split("\n")
    found = audit(read_plan(text), Knowledge())
    assert [f.severity for f in found if f.rule == "targets.per_unit"] == ["提示"]


def test_one_equal_number_beside_sound_costs_is_only_a_doubt() -> None:
    """Row 4 with 4 (万元) for 8 square metres costs what the others cost: perhaps it is true."""
    found = findings_with("\t1800\t1000", "\t8\t4")
    assert [(f.rule, f.severity) for f in found if f.rule == "projects.row_number"] == [("projects.row_number", "疑点")]


def test_a_trend_that_breaks() -> None:
    text = CLEAN.replace("培育养老护理员400名。", "培育养老护理员400名。到2025年，高龄津贴每月达到81元以上。")
    found = audit(read_plan(text.split("\n")), CLEAN_KNOWLEDGE)
    assert "targets.trend_break" in rules(found)
    rushed = text.replace("81元", "810元")
    assert "targets.trend_break" in rules(audit(read_plan(rushed.split("\n")), CLEAN_KNOWLEDGE))
    steady = text.replace("81元", "130元")
    assert "targets.trend_break" not in rules(audit(read_plan(steady.split("\n")), CLEAN_KNOWLEDGE))


def test_two_tables_at_odds() -> None:
    second = (
        "\n表2：2020年完成情况\n序号\t主要指标（单位）\t2015年实际值\t2020年实际值\n1\t养老护理员人数（人）\t100\t{}\n"
    )
    agreeing = clean_lines() + second.format(200).split("\n")
    assert rules(audit(read_plan(agreeing), CLEAN_KNOWLEDGE)) == set()
    differing = clean_lines() + second.format(260).split("\n")
    assert rules(audit(read_plan(differing), CLEAN_KNOWLEDGE)) == {"values.conflict"}


@pytest.mark.parametrize("seed", range(6))
def test_torn_and_shuffled_plans_are_audited_without_a_crash(seed: int) -> None:
    chance = random.Random(seed)
    lines = real_lines() if seed % 2 else clean_lines()
    torn = [line[: chance.randrange(len(line) + 1)] if chance.random() < 0.3 else line for line in lines]
    chance.shuffle(torn)
    for number, finding in enumerate(audit(read_plan(torn), CLEAN_KNOWLEDGE)):
        assert finding.places, number
        assert all(1 <= place.line <= len(torn) for place in finding.places)

"""The real plan, and a small one written without errors, for the tests of the reader and the auditor."""

from pathlib import Path

from minsheng.insight.cockpit.plan.audit import Finding, audit
from minsheng.insight.cockpit.plan.knowledge import Knowledge, known_confusions, known_documents
from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.sources import lines_of_file

REAL = Path(__file__).parents[3] / "plans" / "shangcheng-2021-2025.txt"

# Every figure agrees with every other: growth over five years, sums, lists, contents, deadlines, titles.
CLEAN = """\
青禾区养老服务发展规划（2021-2025年）

目录
一、发展现状\t1
（一）主要成效\t1
二、主要目标\t2
（一）总体目标\t2
（二）重点任务\t3
附件1：重点项目清单\t4

为推进养老服务，制定本规划。规划期为2021至2025年。

一、发展现状

（一）主要成效

截至2020年底，全区共有养老机构18家，其中公办养老机构5家，民办养老机构9家，公建民营养老机构4家。养老床位（护理型500张，\
普通型300张）持续增加，每百位老年人拥有床位3.25张。高龄津贴从2016年的每月50元提高到2020年每月80元，增幅达60%。\
初步形成“居家、社区、机构”三类服务格局。

二、主要目标

（一）总体目标

到2025年，建成街道养老服务中心12家以上，护理型床位占养老床位比例达到65%。到2025年，培育养老护理员400名。

表1：主要指标
序号\t主要指标（单位）\t2020年实际值\t2025年目标值\t年均增速（%）\t指标属性
1\t护理型床位占养老床位比例（%）\t50\t65\t5.4\t约束性
2\t街道养老服务中心数（家）\t4\t12\t24.6\t预期性
3\t养老护理员人数（人）\t200\t400\t14.9\t预期性
4\t养老机构数（家）\t18\t20\t2.1\t预期性

（二）重点任务

按照《养老机构管理办法》健全监管制度。到2025年，每个街道建成1家养老服务中心，全区街道养老服务中心数达到12家。

到2023年底，完成设施改造项目30个。

附件1：重点项目清单
序号\t单位\t项目名称\t建筑面积（平方米）\t总投资（万元）
1\t东街街道\t东街养老服务中心\t2000\t1100
2\t西街街道\t西街养老服务中心\t3000\t1500
3\t南街街道\t南街养老服务中心\t2500\t1300
4\t北街街道\t北街养老服务中心\t1800\t1000
5\t中街街道\t中街养老服务中心\t2200\t1050
6\t河街街道\t河街养老服务中心\t2600\t1450
合计\t\t\t14100\t7400
"""
CLEAN_KNOWLEDGE = Knowledge(known_documents(), known_confusions(), {"街道": 12}, "测试")


def real_lines() -> list[str]:
    """The lines of the real plan."""
    return lines_of_file(REAL)


def clean_lines() -> list[str]:
    """The lines of the plan without errors."""
    return CLEAN.split("\n")


def findings_with(before: str, after: str) -> tuple[Finding, ...]:
    """The findings on the clean plan with one piece of text replaced."""
    assert CLEAN.count(before) == 1, before
    return audit(read_plan(CLEAN.replace(before, after).split("\n")), CLEAN_KNOWLEDGE)

"""`minsheng plan read|audit FILE [--json] [--drill]`: the edge between files and the auditor."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from minsheng.insight.cockpit.plan.audit import Finding, audit
from minsheng.insight.cockpit.plan.corrupting import Fault
from minsheng.insight.cockpit.plan.drill import Score, drill
from minsheng.insight.cockpit.plan.knowledge import knowledge_for
from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.sources import UnableToReadPlan, lines_of_file
from minsheng.insight.cockpit.plan.statements import Plan

UNREADABLE = 2


def plan(arguments: list[str]) -> int:
    """This function will run `plan read` or `plan audit`; returns 0, or 2 when the file cannot be read.

    Findings are no failure: an auditor who finds something has done the work.
    """
    parser = argparse.ArgumentParser(prog="minsheng plan", description="读规划，查规划")
    parser.add_argument("act", choices=["read", "audit"], help="read：列出读到的内容；audit：查错")
    parser.add_argument("file", type=Path, metavar="文件", help=".txt、.docx、.xlsx 或 .csv")
    parser.add_argument("--json", action="store_true", help="输出 JSON，给程序用")
    parser.add_argument("--streets", type=int, help="街道数；默认按规划里的区名从区划表里数")
    parser.add_argument("--drill", action="store_true", help="放进错误再查：印出查全率和查准率")
    parser.add_argument("--copies", type=int, default=10, help="演练用几份改错的副本，默认 10")
    parser.add_argument("--seed", type=int, default=1, help="第一份副本的随机种子，默认 1")
    chosen = parser.parse_args(arguments)
    if not 1 <= chosen.copies <= 1000:
        parser.error("--copies 要在 1 和 1000 之间。")
    try:
        lines = lines_of_file(chosen.file)
        read = read_plan(lines)
    except UnableToReadPlan as problem:
        print(f"读不了：{problem}", file=sys.stderr)
        return UNREADABLE
    if chosen.act == "read":
        print(_statements_as_json(read) if chosen.json else _statements_as_text(read))
        return 0
    knowledge = knowledge_for("\n".join(lines), year=read.first_year, streets=chosen.streets)
    if chosen.drill:
        score = drill(lines, knowledge, seeds=range(chosen.seed, chosen.seed + chosen.copies))
        print(_score_as_json(score) if chosen.json else _score_as_text(score))
        return 0
    found = audit(read, knowledge)
    print(_findings_as_json(chosen.file, read, found) if chosen.json else _findings_as_text(chosen.file, read, found))
    return 0


def _counts(read: Plan) -> dict[str, int]:
    return {
        "目录条目": len(read.contents),
        "标题": len(read.headings),
        "段落": len(read.paragraphs),
        "表": len(read.tables),
        "指标": len(read.indicators),
        "项目": len(read.projects),
        "文中数量": len(read.quantities),
        "目标": len(read.targets),
        "合计": len(read.sums),
        "变化": len(read.changes),
        "列举": len(read.listings),
        "文件": len(read.documents),
        "没读懂": len(read.unread),
    }


def _dumped(value: object) -> str:
    def plain(item: object) -> object:
        if isinstance(item, Decimal):
            return str(item)
        raise TypeError(type(item).__name__)

    return json.dumps(value, ensure_ascii=False, indent=1, default=plain)


def _statements_as_json(read: Plan) -> str:
    return _dumped({name: value for name, value in asdict(read).items() if name not in ("lines", "paragraphs")})


def _statements_as_text(read: Plan) -> str:
    out = [f"《{read.title or '（没有题目）'}》 规划期 {read.first_year or '？'}—{read.last_year or '？'}"]
    out.append("读到：" + "，".join(f"{name} {count}" for name, count in _counts(read).items()))
    out += ["", "指标"]
    for row in read.indicators:
        values = " → ".join(f"{c.year or '？'}年 {c.printed or '（空）'}" for c in row.cells)
        growth = row.growth_printed or "（空）"
        out.append(f"  第{row.place.line}行 {row.name}（{row.unit or '无单位'}） {values}  增速 {growth}")
    out += ["", "目标"]
    out += [f"  第{t.place.line}行 {t.wording}  期限 {t.deadline or '没写'}" for t in read.targets]
    out += ["", "没读懂的（请人来看）"]
    out += [f"  第{u.place.line}行 {u.reason}：{u.place.quote}" for u in read.unread] or ["  没有"]
    return "\n".join(out)


def _findings_as_json(file: Path, read: Plan, found: Sequence[Finding]) -> str:
    return _dumped(
        {
            "file": file.name,
            "title": read.title,
            "read": _counts(read),
            "findings": [asdict(finding) for finding in found],
            "unread": [asdict(item) for item in read.unread],
        }
    )


def _findings_as_text(file: Path, read: Plan, found: Sequence[Finding]) -> str:
    out = [
        f"{file.name}：《{read.title or '（没有题目）'}》",
        "读到：" + "，".join(f"{n} {c}" for n, c in _counts(read).items()),
    ]
    by_severity = {s: sum(f.severity == s for f in found) for s in ("错误", "疑点", "提示")}
    out.append("查出：" + "，".join(f"{name} {count}" for name, count in by_severity.items()))
    for number, finding in enumerate(found, start=1):
        out += ["", f"{number}. 【{finding.severity}】{finding.what}  [{finding.rule}]"]
        for place in finding.places[:4]:
            quote = place.quote if len(place.quote) <= 80 else place.quote[:78] + "……"
            out.append(f"   第{place.line}行：{quote}")
        if len(finding.places) > 4:
            out.append(f"   等 {len(finding.places)} 处")
        out += [f"   依据：{finding.evidence}", f"   建议：{finding.suggestion}"]
    if not found:
        out += ["", "没有查出问题。"]
    return "\n".join(out)


def _score_as_json(score: Score) -> str:
    return _dumped(
        {
            "copies": len(score.outcomes),
            "injected": score.injected,
            "recall": round(score.recall, 4),
            "precision": round(score.precision, 4),
            "by_fault": {fault.value: score.by_fault(fault) for fault in Fault},
            "outcomes": [asdict(outcome) for outcome in score.outcomes],
        }
    )


def _score_as_text(score: Score) -> str:
    out = [f"演练：{len(score.outcomes)} 份副本，共放进 {score.injected} 个错误"]
    for fault in Fault:
        found, injected = score.by_fault(fault)
        if injected:
            out.append(f"  {fault.value}：查出 {found} / {injected}")
    raised = sum(outcome.raised for outcome in score.outcomes)
    justified = sum(outcome.justified for outcome in score.outcomes)
    out.append(
        f"查全率 {score.recall:.1%}，查准率 {score.precision:.1%}（新报 {raised} 条，{justified} 条在改错的行上）"
    )
    for outcome in score.outcomes:
        out += [f"  漏查（种子 {outcome.seed}）：第{e.line}行 {e.fault.value}" for e in outcome.missed]
        out += [f"  误报（种子 {outcome.seed}）：{f.what} [{f.rule}]" for f in outcome.false_alarms]
    return "\n".join(out)

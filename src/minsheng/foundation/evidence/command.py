"""`minsheng audit …`: what the operator and the auditor ask on the command line."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.evidence import operations, outside, queries
from minsheng.foundation.evidence.rules import BATCH
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.evidence.verifying import verify_trail

SEEN, TAMPERED, SILENT = 0, 1, 3


def parser() -> argparse.ArgumentParser:
    """This function will return the words of the command."""
    made = argparse.ArgumentParser(prog="minsheng audit", description="审计记录：核对、封存、证明、日报")
    acts = made.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify", help="核对记录、根和库外的抄本；0 相符，1 有改动，3 只有没封存的时段")
    verify.add_argument("--since", type=date.fromisoformat, help="只核对这一天起封存的，例如 2026-11-01；不写就是全部")
    verify.add_argument("--roots", type=Path, help="库外的根放在哪里；默认按设置")
    verify.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    seal = acts.add_parser("seal", help="马上封存并把根写到库外；平时由后台每分钟做")
    seal.add_argument("--anew", action="store_true", help="库外的根确已丢失，从第一个重新写")
    proof = acts.add_parser("proof", help="一条记录的证明（JSON），可以用 tools/verify_audit.py 单独核对")
    proof.add_argument("entry", type=UUID)
    proof.add_argument("--out", type=Path, required=True)
    page = acts.add_parser("page", help="一天的根日报（PDF），打印后由审计方保存")
    page.add_argument("--day", type=date.fromisoformat, required=True)
    page.add_argument("--out", type=Path, required=True)
    return made


def run(arguments: list[str], *, viewer: Viewer, at: datetime) -> int:
    """This function will do one act as the sealing account and return the exit code."""
    chosen = parser().parse_args(arguments)
    acts: dict[str, Callable[..., int]] = {"verify": _verify, "seal": _seal, "proof": _proof, "page": _page}
    return acts[chosen.act](chosen, viewer=viewer, at=at)


def _verify(chosen: argparse.Namespace, *, viewer: Viewer, at: datetime) -> int:
    since = datetime.combine(chosen.since, time(), BUSINESS_ZONE) if chosen.since else None
    directory = chosen.roots or Path(settings.AUDIT_ROOTS)
    report = verify_trail(viewer=viewer, at=at, directory=directory, since=since)
    words = report.in_words
    with acting_as(viewer=viewer, at=at):
        operations.record_check(
            actor=viewer, at=at, kind=CheckKind.TRAIL, holds=report.holds, summary=words,
            detail=report.as_detail(),
        )  # fmt: skip
    for problem in report.problems:
        print(f"{problem.kind.label}：{problem.words}")
    print(f"{words} 还有 {report.waiting:,} 条等待封存。最后一个根：第 {report.last_number} 个，{report.last_hash}")
    if chosen.json:
        plain = asdict(report) | {"problems": [{"kind": p.kind, "words": p.words} for p in report.problems]}
        print(json.dumps({"holds": report.holds, **plain}, ensure_ascii=False))
    return TAMPERED if report.tampered else SEEN if report.holds else SILENT


def _seal(chosen: argparse.Namespace, *, viewer: Viewer, at: datetime) -> int:
    entries = done = 0
    while True:
        sealed = operations.seal_waiting(actor=viewer, at=at)
        entries += sealed.entries
        done += sealed.root_number is not None
        if sealed.entries < BATCH:
            break
    try:
        written = operations.publish_roots(actor=viewer, at=at, directory=Path(settings.AUDIT_ROOTS), anew=chosen.anew)
    except outside.UnableToPublish as refusal:
        print(refusal)
        return 1
    print(f"封存了 {entries:,} 条记录，新做 {done} 个根，写到库外 {written} 个。")
    return 0


def _proof(chosen: argparse.Namespace, *, viewer: Viewer, at: datetime) -> int:
    try:
        proof = queries.proof_of(viewer=viewer, at=at, entry_id=chosen.entry)
    except queries.UnableToProve as refusal:
        print(refusal)
        return 1
    chosen.out.write_text(json.dumps(proof, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"证明写在 {chosen.out.name}。核对：python3 tools/verify_audit.py {chosen.out.name} --roots 根文件夹")
    return 0


def _page(chosen: argparse.Namespace, *, viewer: Viewer, at: datetime) -> int:
    from minsheng.foundation.evidence.paper import day_page

    try:
        content = day_page(viewer=viewer, at=at, day=chosen.day)
    except queries.UnableToProve as refusal:
        print(refusal)
        return 1
    chosen.out.write_bytes(content)
    print(f"日报写在 {chosen.out.name}，请打印并由审计方保存。")
    return 0

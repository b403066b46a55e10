"""The check of the trail: entries against leaves, leaves against roots, roots against each other and the outside."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.rules import FIELDS, canonical, leaf_of, root_of
from minsheng.foundation.evidence import outside
from minsheng.foundation.evidence.models import Root
from minsheng.foundation.evidence.rules import NO_LINE, chain_problems, hash_of, moment, read, written
from minsheng.foundation.evidence.types import Problem, ProblemKind, RootLine, TrailReport

_ON_ITS_WAY = timedelta(minutes=2)  # a root is in the database a moment before it is outside
_CHUNK = 8192
_LEAVES = f"""
    SELECT l.position, l.entry_id, l.digest, e.id IS NOT NULL AS here, {", ".join(f"e.{name}" for name in FIELDS)}
    FROM evidence_leaf l LEFT JOIN audit_entry e ON e.id = l.entry_id
    WHERE l.position >= %s AND l.position < %s ORDER BY l.position
"""
_WITHOUT_LEAF = """
    SELECT e.id, e.at, e.action, e.written_in < %s::text::xid8
    FROM audit_entry e WHERE NOT EXISTS (SELECT FROM evidence_leaf l WHERE l.entry_id = e.id)
      AND (%s::timestamptz IS NULL OR e.at >= %s)
    ORDER BY e.written_in, e.id
"""


@dataclass
class _Batch:
    """The leaves of one root while they come in."""

    root: RootLine
    kept: list[bytes] = field(default_factory=list)
    computed: list[bytes | None] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


def verify_trail(*, viewer: Viewer, at: datetime, directory: Path | None, since: datetime | None = None) -> TrailReport:
    """This function will check the whole trail, or what was sealed since an instant, and say all that is wrong.

    `directory` holds the roots outside; without it a rebuilt trail cannot be told from the true one.
    """
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        rows = Root.objects.filter(at__gte=since) if since else Root.objects.all()
        roots = [root.line for root in rows.order_by("number").iterator()]
        problems = list(chain_problems(roots, whole=since is None, now=at))
        lines = 0
        if directory is not None:
            found, lines = _outside_problems(roots, directory, now=at, whole=since is None)
            problems += found
        entries = 0
        for batch in _batches(roots):
            entries += len(batch.kept)
            problems += _batch_problems(batch)
        waiting, never = _without_leaf(settled=_settled(), since=since)
        last = roots[-1] if roots else None
        return TrailReport(
            entries=entries,
            roots=len(roots),
            lines=lines,
            waiting=waiting,
            last_number=last.number if last else 0,
            last_hash=hash_of(written(last)) if last else NO_LINE,
            # What was tampered with first; a silence may only be a worker that stood still.
            problems=tuple(sorted(problems + never, key=lambda p: not p.kind.is_tampering)),
        )


def _settled() -> str:
    last = Root.objects.order_by("-number").first()
    return str(last.settled_before) if last else "0"


def _batches(roots: list[RootLine]) -> Iterator[_Batch]:
    """The leaves of each root, read in large pieces: most roots are small."""
    filled = [_Batch(root) for root in roots if root.size]
    if not filled:
        return
    start, end, at = filled[0].root.first, filled[-1].root.first + filled[-1].root.size, 0
    names = ("position", "entry_id", "digest", "here", *FIELDS)
    for low in range(start, end, _CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(_LEAVES, [low, min(low + _CHUNK, end)])
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            while row["position"] >= filled[at].root.first + filled[at].root.size:
                yield filled[at]
                at += 1
            _take(filled[at], row)
    yield from filled[at:]


def _take(batch: _Batch, row: dict[str, Any]) -> None:
    batch.rows.append(row)
    batch.kept.append(bytes(row["digest"]))
    if isinstance(row["detail"], str):
        row["detail"] = json.loads(row["detail"])
    batch.computed.append(leaf_of(canonical(row)) if row["here"] else None)


def _batch_problems(batch: _Batch) -> Iterator[Problem]:
    number, size = batch.root.number, batch.root.size
    if len(batch.kept) != size:
        words = f"第 {number} 个根封了 {size} 条，库里只剩 {len(batch.kept)} 条的位置。"
        yield Problem(ProblemKind.ROOT_CHANGED, words, number, at=moment(batch.root))
    known = set(batch.kept)
    for row, kept, computed in zip(batch.rows, batch.kept, batch.computed, strict=True):
        if computed == kept:
            continue
        place = {"root_number": number, "position": row["position"], "entry_id": row["entry_id"]}
        if computed is None:
            words = f"第 {row['position']} 条（{row['entry_id']}）封存后被删除，封存于{batch.root.at}。"
            yield Problem(ProblemKind.DELETED, words, at=moment(batch.root), **place)
        elif computed in known:
            words = f"第 {row['position']} 条（{row['entry_id']}）与同一根下的另一条换了位置。"
            yield Problem(ProblemKind.MOVED, words, at=row["at"], **place)
        else:
            words = f"第 {row['position']} 条（{row['entry_id']}，{row['action']}）的内容与封存时不同。"
            yield Problem(ProblemKind.CHANGED, words, at=row["at"], **place)
    if len(batch.kept) == size and root_of(batch.kept).hex() != batch.root.root:
        words = f"第 {number} 个根与它下面的 {size} 条对不上：次序、摘要或根被改过。"
        yield Problem(ProblemKind.ROOT_CHANGED, words, number, at=moment(batch.root))


def _outside_problems(
    roots: list[RootLine], directory: Path, *, now: datetime, whole: bool
) -> tuple[list[Problem], int]:
    """What the files say against the database, and how many of their lines were read."""
    inside = {root.number: root for root in roots}
    first = roots[0].number if roots else 1
    problems: list[Problem] = []
    seen: set[int] = set()
    before: str | None = None
    for name, text in outside.all_lines(directory):
        try:
            line = read(text)
        except ValueError:
            problems.append(Problem(ProblemKind.OUTSIDE_DIFFERS, f"库外文件 {name} 有一行读不出来。"))
            before = None
            continue
        if before is not None and line.previous != hash_of(before):
            words = f"库外第 {line.number} 个根接不上它前面的一行，文件 {name} 被改过或缺了行。"
            problems.append(Problem(ProblemKind.CHAIN_BROKEN, words, line.number, at=moment(line)))
        before = text
        if line.number < first and not whole:
            continue
        seen.add(line.number)
        own = inside.get(line.number)
        if own is None:
            words = f"库外有第 {line.number} 个根（{line.size} 条），库里没有：库里的记录被截断或删除。"
            problems.append(Problem(ProblemKind.ROOT_MISSING, words, line.number, at=moment(line)))
        elif written(own) != text:
            words = f"第 {line.number} 个根，库外抄存的与库里的不同：库里的记录在封存以后被重做过。"
            problems.append(Problem(ProblemKind.OUTSIDE_DIFFERS, words, line.number, at=moment(line)))
    late = [r for r in roots if r.number not in seen and now - moment(r) > _ON_ITS_WAY]
    if late:
        span = (
            f"第 {late[0].number} 个"
            if len(late) == 1
            else f"第 {late[0].number} 到 {late[-1].number} 个当中的 {len(late)} 个"
        )
        words = f"库外没有{span}根：文件被截断，或抄存停了。"
        problems.append(Problem(ProblemKind.OUTSIDE_MISSING, words, late[0].number, at=moment(late[0])))
    return problems, len(seen)


def _without_leaf(*, settled: str, since: datetime | None) -> tuple[int, list[Problem]]:
    """How many entries wait for their turn, and those whose turn is past."""
    waiting, never = 0, []
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_LEAF, [settled, since, since])
        for number, at, action, past in cursor.fetchall():
            if past:
                words = f"记录 {number}（{action}）没有封存，而它那一批早已封完：是绕过系统补写的，或它的位置被删了。"
                never.append(Problem(ProblemKind.NEVER_SEALED, words, entry_id=number, at=at))
            else:
                waiting += 1
    return waiting, never

"""A person corrects what the reader made of a line, with the source beside it; how it stood before is kept."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.models import Correction, NameLink, Statement
from minsheng.insight.cockpit.types import ReadAs


class UnableToCorrect(ValueError):
    """The statement cannot be corrected so: says why and what to do."""


def correct_statement(
    *,
    actor: Viewer,
    at: datetime,
    statement_id: int,
    label: str,
    unit: str,
    values: tuple[tuple[int | None, str], ...],
    set_aside: bool,
    reason: str,
) -> None:
    """This function will correct a statement: its name, unit and values (year, decimal in words or "" for missing).

    `values` stand in the order of the statement's own; roles are not changed. Raises UnableToCorrect.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.plan")
        row = Statement.objects.select_for_update(no_key=True).filter(pk=statement_id).first()
        if row is None:
            raise UnableToCorrect("没有这一条，也许链接旧了。请从规划页再选。")
        if not reason.strip():
            raise UnableToCorrect("请写明为什么改，例如“与原件核对，投资应为 9,014 万元”。")
        if not label.strip():
            raise UnableToCorrect("请写明这一条说的是什么。")
        if len(values) != len(row.values):
            raise UnableToCorrect("数的个数和原文对不上，请刷新后再改。")
        before = {"label": row.label, "unit": row.unit, "values": row.values, "read_as": row.read_as}
        row.label, row.unit = label.strip()[:200], unit.strip()[:20]
        row.values = [_changed(value, *given) for value, given in zip(row.values, values, strict=True)]
        row.read_as = ReadAs.SET_ASIDE.value if set_aside else ReadAs.CORRECTED.value
        row.save(update_fields=["label", "unit", "values", "read_as"])
        _keep_link(plan_id=row.plan_id, before=before["label"], after=row.label, at=at, actor=actor)
        after = {"label": row.label, "unit": row.unit, "values": row.values, "read_as": row.read_as}
        Correction.objects.create(
            statement=row,
            before=before,
            after=after,
            reason=reason.strip()[:300],
            corrected_at=at,
            corrected_by=actor.account_id,
        )
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.statement_corrected",
            object_type="cockpit.statement",
            object_id=str(statement_id),
            detail={"line": row.line},
        )


def _keep_link(*, plan_id: int, before: str, after: str, at: datetime, actor: Viewer) -> None:
    """A name that is spelt anew keeps its indicator, unless somebody has spoken of the new spelling already."""
    links = NameLink.objects.filter(plan_id=plan_id).order_by("-id")
    known = links.filter(label=before).first()
    if before == after or known is None or links.filter(label=after).exists():
        return
    NameLink.objects.create(
        plan_id=plan_id,
        label=after,
        indicator=known.indicator,
        as_goal=known.as_goal,
        linked_at=at,
        linked_by=actor.account_id,
    )


def _changed(value: Mapping[str, Any], year: int | None, words: str) -> dict[str, Any]:
    words = words.replace(",", "").replace("，", "").strip()
    try:
        number = None if not words else str(Decimal(words))
    except InvalidOperation as problem:
        raise UnableToCorrect(f"“{words}”不是数。没有数就空着。") from problem
    if year is not None and not 1949 <= year <= 2100:
        raise UnableToCorrect(f"{year} 不像年份。")
    return {**value, "year": year, "value": number}

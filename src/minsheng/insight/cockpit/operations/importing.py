"""A plan comes in: read, audited, its statements kept beside its lines; it counts once somebody puts it in force."""

import hashlib
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.models import PlanFile, Statement
from minsheng.insight.cockpit.plan.audit import audit as audit_plan
from minsheng.insight.cockpit.plan.knowledge import knowledge_for
from minsheng.insight.cockpit.plan.reading import read_plan
from minsheng.insight.cockpit.plan.sources import UnableToReadPlan, lines_of_content
from minsheng.insight.cockpit.plan.stating import stated

_LONGEST_QUOTE, _LONGEST_LABEL, _LONGEST_SECTION = 600, 200, 300


class UnableToImportPlan(ValueError):
    """The plan cannot be taken in or put in force: says why and what to do."""


def import_plan(*, actor: Viewer, at: datetime, file_name: str, content: bytes, source_note: str) -> int:
    """This function will read a plan (.txt, .docx, .xlsx, .csv) and keep its lines and statements; returns its number.

    Nothing counts yet: `put_in_force` makes it the plan of the cockpit. The same file is taken in once.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.plan")
        if not source_note.strip():
            raise UnableToImportPlan("请写明规划从哪里来，例如哪个网站、哪份文件、谁提供。")
        digest = hashlib.sha256(content).hexdigest()
        if known := PlanFile.objects.filter(sha256=digest).first():
            raise UnableToImportPlan(f"这份文件已经导入过，编号 {known.pk}，不用再导一次。")
        try:
            lines = lines_of_content(content, file_name)
            read = read_plan(lines)
        except UnableToReadPlan as problem:
            raise UnableToImportPlan(str(problem)) from problem
        found = audit_plan(read, knowledge_for("\n".join(lines), year=read.first_year))
        plan = PlanFile.objects.create(
            title=(read.title or file_name)[:200],
            first_year=read.first_year,
            last_year=read.last_year,
            file_name=file_name[:200],
            sha256=digest,
            source_note=source_note.strip()[:300],
            lines=lines,
            imported_at=at,
            imported_by=actor.account_id,
        )
        rows = [
            Statement(
                plan=plan,
                number=number,
                kind=one.kind.value,
                line=one.place.line,
                quote=one.place.quote[:_LONGEST_QUOTE],
                section=one.place.section[:_LONGEST_SECTION],
                label=one.label[:_LONGEST_LABEL],
                unit=one.unit[:20],
                per=one.per[:20],
                bound=one.bound,
                values=list(one.values),
                detail=dict(one.detail),
            )
            for number, one in enumerate(stated(read, found), start=1)
        ]
        Statement.objects.bulk_create(rows)
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.plan_imported",
            object_type="cockpit.plan",
            object_id=str(plan.pk),
            detail={"sha256": digest, "statements": len(rows), "findings": len(found)},
        )
    return int(plan.pk)


def put_in_force(*, actor: Viewer, at: datetime, plan_id: int) -> None:
    """This function will make an imported plan the one that the cockpit holds the district to."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.plan")
        plan = PlanFile.objects.select_for_update(no_key=True).filter(pk=plan_id).first()
        if plan is None:
            raise UnableToImportPlan("没有这份规划，也许链接旧了。请从规划清单里再选。")
        if plan.first_year is None or plan.last_year is None:
            raise UnableToImportPlan("这份规划没有读出起止年份，不能用来对进度。请在文件里写明规划期后重新导入。")
        plan.in_force_at, plan.in_force_by = at, actor.account_id
        plan.save(update_fields=["in_force_at", "in_force_by"])
        audit.record(
            actor=actor, at=at, action="cockpit.plan_in_force", object_type="cockpit.plan", object_id=str(plan_id)
        )

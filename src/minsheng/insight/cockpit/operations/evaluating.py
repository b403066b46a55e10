"""自查自评: a street says of itself how it stands against a target, and the bureau says whether that holds."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import SelfCheck
from minsheng.insight.cockpit.operations.attaching import UnableToAttach, keep_file
from minsheng.insight.cockpit.types import Grade, Sent
from minsheng.records.registry.days import business_day

STREET_DEPTH = 1


class UnableToEvaluate(ValueError):
    """The evaluation cannot be kept so: says why and what to do."""


class UnableToFindCheck(LookupError):
    """There is no such self-evaluation in the actor's areas: a stranger learns no more."""


def evaluate_self(
    *,
    actor: Viewer,
    at: datetime,
    indicator: str,
    area_code: str,
    year: int,
    grade: Grade,
    words: str,
    document_number: str = "",
    file: Sent | None = None,
) -> int:
    """This function will keep what a street says of itself for a year; it may change it until it is inspected."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.evaluate")
        area = next((a for a in areas_inside(viewer=actor) if a.code == area_code), None)
        if area is None or area.depth != STREET_DEPTH:
            raise UnableToEvaluate("自评由街道做。请选本街道。")
        if indicator not in book().indicators:
            raise UnableToEvaluate("没有这个指标。")
        if not words.strip():
            raise UnableToEvaluate("请写明依据、差距和打算怎么办。")
        document_number = document_number.strip()[:100]
        if year > business_day(at).year:
            raise UnableToEvaluate("还没有到那一年。")
        known = (
            SelfCheck.objects.select_for_update(no_key=True)
            .filter(indicator=indicator, area_id=area.id, year=year)
            .first()
        )
        if known is not None and known.inspected_at is not None:
            raise UnableToEvaluate("区里已经检查过这一条，不能再改。有不同意见请告诉区民政局。")
        if not document_number and file is None and (known is None or known.file_id is None):
            raise UnableToEvaluate("请写文号或台账编号，或者附上依据文件，检查的人才找得到原件。")
        row = known or SelfCheck(indicator=indicator, area_id=area.id, year=year)
        row.grade, row.words = grade.value, words.strip()[:500]
        row.document_number = document_number
        if file is not None:
            try:
                row.file = keep_file(actor=actor, at=at, area_id=area.id, sent=file)
            except UnableToAttach as problem:
                raise UnableToEvaluate(str(problem)) from problem
        row.checked_at, row.checked_by = at, actor.account_id
        row.save()
        _record(actor, at, "cockpit.self_checked", row)
    return int(row.pk)


def inspect(*, actor: Viewer, at: datetime, check_id: int, grade: Grade, words: str) -> None:
    """This function will keep what the bureau found when it looked after a self-evaluation; once."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.inspect")
        row = SelfCheck.objects.select_for_update(no_key=True).filter(pk=check_id).first()
        if row is None:
            raise UnableToFindCheck("没有这条自评，或者不在负责的区域。")
        if row.inspected_at is not None:
            raise UnableToEvaluate("这一条已经检查过了。")
        if row.checked_by == actor.account_id:
            raise UnableToEvaluate("自己评的不能自己检查。请另一人检查。")
        if not words.strip():
            raise UnableToEvaluate("请写明看了什么、为什么这样认定。")
        row.inspected_grade, row.inspected_words = grade.value, words.strip()[:500]
        row.inspected_at, row.inspected_by = at, actor.account_id
        row.save(update_fields=["inspected_grade", "inspected_words", "inspected_at", "inspected_by"])
        _record(actor, at, "cockpit.self_check_inspected", row)


def _record(actor: Viewer, at: datetime, action: str, row: SelfCheck) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="cockpit.self_check",
        object_id=str(row.pk),
        area_id=row.area_id,
        detail={"indicator": row.indicator, "year": row.year},
    )

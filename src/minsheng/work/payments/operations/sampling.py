"""Asking recipients whether the money came: a sample that anybody can draw again, closed only when all were asked."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_above
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.work.payments.figures import figure
from minsheng.work.payments.models import BankFile, FollowUp, Line, Run, Sample, SampleLine
from minsheng.work.payments.rules.sampling import draw, most_wrong, sample_size
from minsheng.work.payments.types import FollowUpKind, LineState, RunState, SampleResult

WRONG = (SampleResult.WRONG_AMOUNT, SampleResult.NOT_RECEIVED, SampleResult.UNREACHABLE)
STREET_DEPTH = 1


class UnableToSample(ValueError):
    """The sample cannot be drawn, answered or closed so: says why and what to do."""


def draw_sample(*, actor: Viewer, at: datetime, run_id: int) -> int:
    """This function will draw whom to ask of a settled run, by street, and return the sample's id.

    The seed is the hash of the bank file: fixed before anybody could choose, so nobody picks whom to ask. The size
    follows from confidence and margin, exactly, without replacement (`rules.sampling`).
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.draw_sample")
        run = Run.objects.select_for_update(no_key=True).filter(pk=run_id).first()
        if run is None:
            raise UnableToSample("没有这一批发放，或不在您的辖区内。")
        if run.state != RunState.SETTLED:
            raise UnableToSample(f"这一批{RunState(run.state).label}。对账以后再抽查。")
        if Sample.objects.filter(run=run).exists():
            raise UnableToSample("这一批已经抽过。同一批只抽一次，重抽会变成挑人。")
        areas = dict(Line.objects.filter(run=run, state=LineState.PAID.value).values_list("id", "area_id"))
        if not areas:
            raise UnableToSample("这一批没有发出去的，不用抽查。")
        confidence = figure("sample_confidence_percent", run.month)
        margin = figure("sample_margin_permille", run.month)
        seed = str(BankFile.objects.values_list("sha256", flat=True).get(run=run))
        size = sample_size(lines=len(areas), confidence_percent=confidence, margin_permille=margin)
        ways = areas_above(area_ids=areas.values())
        strata: dict[str, list[int]] = {}
        for line_id, area_id in areas.items():
            way = ways.get(area_id, ())
            strata.setdefault(way[min(STREET_DEPTH, len(way) - 1)].code if way else "", []).append(line_id)
        chosen = draw(seed=seed, strata=strata, size=size)
        sample = Sample.objects.create(
            run=run,
            area_id=run.area_id,
            seed=seed,
            population=len(areas),
            size=len(chosen),
            confidence_percent=confidence,
            margin_permille=margin,
            drawn_at=at,
            drawn_by=actor.account_id,
        )
        SampleLine.objects.bulk_create(
            [SampleLine(sample=sample, area_id=areas[line], line_id=line) for line in chosen], batch_size=2_000
        )
        _record(sample, actor=actor, at=at, action="payments.sample_drawn")
    return int(sample.pk)


def note_answer(*, actor: Viewer, at: datetime, sample_line_id: int, result: SampleResult, note: str) -> None:
    """This function will note what a recipient said; until the sample is closed it may be corrected.

    Another amount than was paid, or none, leaves work behind.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.verify")
        row = SampleLine.objects.select_for_update(no_key=True).filter(pk=sample_line_id).first()
        if row is None:
            raise UnableToSample("没有抽到这一笔，或不在您的辖区内。")
        if row.closed_at is not None:  # on the line too, because a street does not see the district's sample
            raise UnableToSample("这次抽查已经办结，不能再改。")
        if result is not SampleResult.CONFIRMED and not note.strip():
            raise UnableToSample("请写明怎么核实的，例如“6月3日电话三次无人接”。")
        row.result, row.note = result.value, note.strip()[:200]
        row.answered_at, row.answered_by = at, actor.account_id
        row.save(update_fields=["result", "note", "answered_at", "answered_by"])
        if result in (SampleResult.WRONG_AMOUNT, SampleResult.NOT_RECEIVED):
            FollowUp.objects.get_or_create(
                line_id=row.line_id,
                kind=FollowUpKind.SAMPLED.value,
                closed_at=None,
                defaults={"area_id": row.area_id, "opened_at": at},
            )
        audit.record(
            actor=actor,
            at=at,
            action="payments.sample_answered",
            object_type="payments.line",
            object_id=str(row.line_id),
            area_id=row.area_id,
            detail={"result": result.value},
        )


def close_sample(*, actor: Viewer, at: datetime, sample_id: int) -> int:
    """This function will close a sample and return how many lines of the run may at most be wrong.

    Who could not be reached counts as wrong: nobody knows. Raises UnableToSample while anybody was not asked.
    """
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="payments.draw_sample")
        sample = Sample.objects.select_for_update(no_key=True).filter(pk=sample_id).first()
        if sample is None:
            raise UnableToSample("没有这次抽查，或不在您的辖区内。")
        if sample.closed_at is not None:
            raise UnableToSample("这次抽查已经办结。")
        results = list(
            SampleLine.objects.select_for_update(no_key=True).filter(sample=sample).values_list("result", flat=True)
        )
        waiting = results.count("")
        if waiting or len(results) != sample.size:
            raise UnableToSample(f"还有 {waiting} 人没有问到。联系不上的也要记下，再办结。")
        sample.wrong = sum(result in WRONG for result in results)
        sample.most_wrong = most_wrong(
            lines=sample.population,
            size=sample.size,
            found=sample.wrong,
            confidence_percent=sample.confidence_percent,
        )
        sample.closed_at, sample.closed_by = at, actor.account_id
        sample.save(update_fields=["wrong", "most_wrong", "closed_at", "closed_by"])
        SampleLine.objects.filter(sample=sample).update(closed_at=at)
        _record(sample, actor=actor, at=at, action="payments.sample_closed")
    return int(sample.most_wrong)


def _record(sample: Sample, /, *, actor: Viewer, at: datetime, action: str) -> None:
    audit.record(
        actor=actor,
        at=at,
        action=action,
        object_type="payments.sample",
        object_id=str(sample.pk),
        area_id=sample.area_id,
        detail={"size": sample.size, "population": sample.population, "most_wrong": sample.most_wrong},
    )

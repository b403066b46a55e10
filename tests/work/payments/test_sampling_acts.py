"""The sampled verification: the size that is needed, a draw that anybody can repeat, no closing with open answers."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from builders import COMMUNITY_QINGBOMEN, COMMUNITY_QINGHE, DISTRICT
from minsheng.foundation.access.types import UnableToAct
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.models import BankFile, FollowUp, Line, Sample, SampleLine
from minsheng.work.payments.rules.sampling import draw, sample_size
from minsheng.work.payments.types import Outcome, SampleResult
from work.payments.payments_office import NOVEMBER, Office, granted, open_office, seen_by

pytestmark = pytest.mark.django_db
NAMES = "甲乙丙丁戊己庚辛"


def settled(office: Office, at: datetime) -> int:
    """A run of eight homes in two streets, paid and reconciled."""
    payments.book_budget(
        actor=office.accountant,
        at=at,
        area_id=DISTRICT,
        scheme="minimum_living_allowance",
        fen=100_000_000,
        reference="1",
    )
    for place, name in enumerate(NAMES):
        granted(office, at, f"钟阿{name}", area_id=(COMMUNITY_QINGHE, COMMUNITY_QINGBOMEN)[place % 4 == 3])
    run = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=NOVEMBER)
    payments.lock_run(actor=office.business, at=at, run_id=run)
    payments.sign_run(actor=office.review, at=at, run_id=run)
    payments.release_run(actor=office.cashier, at=at, run_id=run)
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    with pytest.raises(payments.UnableToSample, match="对账以后"):
        payments.draw_sample(actor=office.business, at=at, run_id=run)
    with seen_by(office.business, at):
        lines = list(Line.objects.filter(run_id=run).values_list("id", flat=True))
    answers = [Answer(line, Outcome.RETURNED if line == lines[0] else Outcome.PAID, "") for line in lines]
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=answers)
    payments.settle_run(actor=office.accountant, at=at, run_id=run)
    return run


@pytest.fixture
def office(at: datetime) -> Office:
    return open_office(at=at)


def test_anybody_can_draw_the_same_people_again(office: Office, at: datetime) -> None:
    run = settled(office, at)
    sample_id = payments.draw_sample(actor=office.business, at=at, run_id=run)
    with seen_by(office.business, at):
        sample = Sample.objects.get(pk=sample_id)
        assert sample.seed == BankFile.objects.get(run_id=run).sha256, "fixed before anybody could choose"
        assert sample.population == len(NAMES) - 1, "what came back is not asked for"
        assert sample.size == sample_size(
            lines=sample.population,
            confidence_percent=sample.confidence_percent,
            margin_permille=sample.margin_permille,
        )
        strata: dict[str, list[int]] = {}
        for line, area in Line.objects.filter(run_id=run, state="paid").values_list("id", "area_id"):
            strata.setdefault("330102012000" if area == COMMUNITY_QINGHE else "330102001000", []).append(line)
        drawn = sorted(SampleLine.objects.values_list("line_id", flat=True))
        assert drawn == list(draw(seed=sample.seed, strata=strata, size=sample.size))
        with pytest.raises(IntegrityError), transaction.atomic():
            Sample.objects.filter(pk=sample_id).update(seed="0" * 64)
        with pytest.raises(IntegrityError), transaction.atomic():
            SampleLine.objects.filter(sample_id=sample_id).delete()
    with pytest.raises(payments.UnableToSample, match="只抽一次"):
        payments.draw_sample(actor=office.business, at=at, run_id=run)


def test_no_closing_with_open_answers_and_who_is_not_reached_counts_as_wrong(office: Office, at: datetime) -> None:
    run = settled(office, at)
    sample_id = payments.draw_sample(actor=office.business, at=at, run_id=run)
    with seen_by(office.business, at):
        asked = list(SampleLine.objects.order_by("id").values_list("id", flat=True))
    with pytest.raises(payments.UnableToSample, match=f"还有 {len(asked)} 人"):
        payments.close_sample(actor=office.business, at=at, sample_id=sample_id)
    with pytest.raises(payments.UnableToSample, match="怎么核实"):
        payments.note_answer(
            actor=office.business, at=at, sample_line_id=asked[0], result=SampleResult.UNREACHABLE, note=""
        )
    for number, line in enumerate(asked):
        result, note = {
            0: (SampleResult.UNREACHABLE, "电话三次无人接"),
            1: (SampleResult.NOT_RECEIVED, "存折上没有"),
        }.get(number, (SampleResult.CONFIRMED, ""))
        payments.note_answer(actor=office.business, at=at, sample_line_id=line, result=result, note=note)
    with seen_by(office.business, at):
        work = FollowUp.objects.get(kind="sampled")
    most = payments.close_sample(actor=office.business, at=at, sample_id=sample_id)
    with seen_by(office.business, at):
        sample = Sample.objects.get(pk=sample_id)
        assert (sample.wrong, sample.most_wrong) == (2, most)
        assert 2 <= most <= sample.population
    with pytest.raises(payments.UnableToSample, match="已经办结"):
        payments.note_answer(
            actor=office.business, at=at, sample_line_id=asked[0], result=SampleResult.CONFIRMED, note=""
        )
    with seen_by(office.business, at), pytest.raises(IntegrityError), transaction.atomic():
        SampleLine.objects.filter(pk=asked[0]).update(result="confirmed")
    payments.close_follow_up(actor=office.business, at=at, follow_up_id=work.pk, result="银行查实已到账，存折未打印")


def test_a_street_answers_for_its_own_people(office: Office, at: datetime) -> None:
    run = settled(office, at)
    payments.draw_sample(actor=office.business, at=at, run_id=run)
    with seen_by(office.business, at):
        own = SampleLine.objects.filter(area_id=COMMUNITY_QINGHE).first()
        other = SampleLine.objects.filter(area_id=COMMUNITY_QINGBOMEN).first()
    assert own is not None
    assert other is not None
    payments.note_answer(actor=office.intake, at=at, sample_line_id=own.pk, result=SampleResult.CONFIRMED, note="")
    with pytest.raises(payments.UnableToSample, match="没有抽到"):
        payments.note_answer(
            actor=office.intake, at=at, sample_line_id=other.pk, result=SampleResult.CONFIRMED, note=""
        )
    with pytest.raises(UnableToAct):
        payments.draw_sample(actor=office.intake, at=at, run_id=run)

"""The turn of a month and stored results on a district, as the app role."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from test_publishing_gate import HEADER, Desk, published, viewer_of

from minsheng.config.acts import policies
from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.work.eligibility.models import FrozenLaw, Result, Run
from minsheng.work.eligibility.operations import evaluate_district
from minsheng.work.eligibility.operations.turning import turn_month
from minsheng.work.eligibility.stored_law import replay_results

pytestmark = pytest.mark.xdist_group("district")
DECEMBER = date(2026, 12, 1)


def open_results(at: datetime) -> set[tuple[object, ...]]:
    with acting_as(viewer=system_viewer(at=at), at=at):
        rows = Result.objects.filter(valid_to__isnull=True)
        return set(rows.values_list("scheme", "household_id", "person_id", "status", "amount_fen", "payable_fen"))


def test_turning_the_month_equals_a_full_run_and_works_out_few(district: None, at: datetime) -> None:
    system, later = system_viewer(at=at), at + timedelta(days=28)
    evaluate_district(actor=system, at=at, as_of=at.date())
    assert turn_month(actor=system, at=at, as_of=at.date()) is None, "within a month nothing changes by time alone"
    turned = turn_month(actor=system, at=later, as_of=DECEMBER)
    assert turned is not None
    by_turning = open_results(later)
    with acting_as(viewer=system, at=later):
        fresh = Result.objects.filter(run_id=turned.run_id).count()
        assert fresh < len(by_turning) / 2, "most results go on as they were"
    evaluate_district(actor=system, at=later, as_of=DECEMBER)
    assert open_results(later) == by_turning
    assert Run.objects.filter(whole=True).count() >= 3


def test_a_published_figure_touches_only_the_schemes_it_concerns(district: None, at: datetime) -> None:
    system = system_viewer(at=at)
    desk = Desk(viewer_of("district_business", at), viewer_of("district_leader", at), system, at)
    evaluate_district(actor=system, at=at, as_of=at.date())

    def ids(scheme: str) -> set[int]:
        with acting_as(viewer=system, at=at):
            return set(Result.objects.filter(scheme=scheme, valid_to__isnull=True).values_list("id", flat=True))

    before = {scheme: ids(scheme) for scheme in ("old_age_allowance", "minimum_living_allowance")}
    published(desk, HEADER.__class__(HEADER.title, date(2026, 11, 1), HEADER.reason, "通知：自11月1日起"))
    evaluate_district(actor=system, at=at, as_of=at.date())
    assert ids("old_age_allowance") == before["old_age_allowance"], "its law has not changed, its rows go on"
    assert not ids("minimum_living_allowance") & before["minimum_living_allowance"]


def test_every_stored_result_replays_from_the_law_kept_with_it(district: None, at: datetime) -> None:
    system = system_viewer(at=at)
    evaluate_district(actor=system, at=at, as_of=at.date())
    with acting_as(viewer=system, at=at):
        households = list(
            Result.objects.exclude(scheme_digest="").values_list("household_id", flat=True).distinct()[:25]
        )
        replayed = [one for number in households for one in replay_results(viewer=system, household_id=number)]
        assert len(replayed) >= 25
        assert [one for one in replayed if not one.same] == []
        row = (
            Result.objects.filter(household_id=households[0], amount_fen__gt=0).first()
            or Result.objects.filter(amount_fen__gt=0).first()
        )
        assert row is not None
        Result.objects.filter(id=row.pk).update(payable_fen=(row.payable_fen or 0) + 1)
        told = {one.result_id: one for one in replay_results(viewer=system, household_id=row.household_id)}
        assert "金额" in "".join(told[row.pk].differences), "one fen is noticed"


def test_the_command_replays_what_is_stored_of_one_household(
    district: None, at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    system = system_viewer(at=at)
    evaluate_district(actor=system, at=at, as_of=at.date())
    with acting_as(viewer=system, at=at):
        row = Result.objects.filter(status="entitled", payable_fen__gt=0, valid_to__isnull=True).first()
    assert row is not None
    asked = ["replay", "--household", str(row.household_id), "--as-of", "2026-11-03"]
    assert policies(asked) == 0
    told = capsys.readouterr().out
    assert f"{row.scheme}" in told
    assert "全部一致" in told
    with acting_as(viewer=system, at=at):
        Result.objects.filter(id=row.pk).update(payable_fen=(row.payable_fen or 0) + 1)
    assert policies(asked) == 1
    told = capsys.readouterr().out
    assert "1 项不一致" in told
    assert f"金额（分）：当时 {row.amount_fen}/{(row.payable_fen or 0) + 1}" in told
    assert policies([*asked[:-1], "2019-01-01"]) == 2
    assert "没有保存的结果" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        policies(["replay"])


def test_a_law_that_is_kept_cannot_be_changed_and_a_changed_byte_is_noticed(district: None, at: datetime) -> None:
    system = system_viewer(at=at)
    evaluate_district(actor=system, at=at, as_of=at.date())
    with pytest.raises(DatabaseError), transaction.atomic():
        FrozenLaw.objects.update(content="{}")
    from minsheng.work.eligibility import stored_law

    with acting_as(viewer=system, at=at):
        row = Result.objects.exclude(scheme_digest="").first()
        assert row is not None
        kept = FrozenLaw.objects.get(digest=row.scheme_digest)
        assert stored_law._sha256(kept.content) == kept.sha256
        assert stored_law._sha256(kept.content + " ") != kept.sha256
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM eligibility_frozen_law")
            assert cursor.fetchone()[0] <= len({r.scheme for r in Result.objects.all()}) * 2

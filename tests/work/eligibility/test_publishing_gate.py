"""The publishing gate as the app role: draft, examples, trial on everybody, second signer, roll-back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.events.models import OutboxEvent
from minsheng.foundation.jobs import queries as runs
from minsheng.foundation.jobs.types import Turn
from minsheng.foundation.pages.progress import ProgressState
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.operations import evaluate_district
from minsheng.work.eligibility.publishing import operations, queries
from minsheng.work.eligibility.publishing.jobs import try_publication
from minsheng.work.eligibility.publishing.models import Budget, LawHead, Publication, TrialLine, Version
from minsheng.work.eligibility.publishing.published import forget_law_version
from minsheng.work.eligibility.publishing.rules import WHOSE, status_after
from minsheng.work.eligibility.publishing.types import Act, Effect, GivenVersion, Header, Status

pytestmark = pytest.mark.xdist_group("district")

STANDARD, TIERS = "household.standard", "old_age_allowance.tiers"
DAY = date(2026, 12, 1)
HEADER = Header("提高低保标准", DAY, "按年度调标通知")


@dataclass(frozen=True)
class Desk:
    """Who takes part, and the instant."""

    author: Viewer
    signer: Viewer
    system: Viewer
    at: datetime


def viewer_of(role: str, at: datetime) -> Viewer:
    name = STAFF[role][0]
    number = accounts.account_id(username=name)
    assert number is not None
    return get_viewer(account_id=number, name=STAFF[role][1], username=name, at=at)


@pytest.fixture
def desk(district: None, at: datetime) -> Desk:
    return Desk(viewer_of("district_business", at), viewer_of("district_leader", at), system_viewer(at=at), at)


def raised(value: int = 150_000, name: str = STANDARD) -> GivenVersion:
    return GivenVersion(name, "杭民发〔2026〕88号第二条", value=value)


def drafted(desk: Desk, header: Header = HEADER, *versions: GivenVersion) -> int:
    return operations.draft(actor=desk.author, at=desk.at, header=header, versions=versions or (raised(),))


def tried(desk: Desk, number: int) -> None:
    assert operations.check_examples_of(actor=desk.author, at=desk.at, publication_id=number)
    run_id = operations.start_trial(actor=desk.author, at=desk.at, publication_id=number)

    @contextmanager
    def step() -> Iterator[Turn]:
        with acting_as(viewer=desk.system, at=desk.at):
            yield Turn(desk.system, desk.at)

    from minsheng.foundation.jobs.operations import begin_run

    begin_run(run_id=run_id, at=desk.at)
    try_publication.function(step=step, publication_id=number, run_id=str(run_id))
    view = runs.run_view(viewer=desk.author, run_id=run_id, at=desk.at)
    assert view is not None
    assert view.progress.state is ProgressState.FINISHED
    assert view.progress.total == view.progress.done
    assert view.progress.total


def submitted(desk: Desk, number: int) -> None:
    tried(desk, number)
    operations.submit(actor=desk.author, at=desk.at, publication_id=number, examples_note="已逐条核对")


def published(desk: Desk, header: Header = HEADER, *versions: GivenVersion) -> int:
    number = drafted(desk, header, *versions)
    submitted(desk, number)
    operations.sign(actor=desk.signer, at=desk.at, publication_id=number)
    return number


def test_from_draft_to_law(desk: Desk) -> None:
    before = law_on(DAY).digest
    number = published(desk)
    assert law_on(DAY).numbers[STANDARD].value == 150_000
    assert law_on(DAY - timedelta(days=1)).numbers[STANDARD].value == 110_200
    assert law_on(DAY).digest != before
    row = Publication.objects.get(id=number)
    assert (row.status, row.sequence) == ("published", 1)
    assert LawHead.objects.get().law_version == row.law_version
    assert OutboxEvent.objects.filter(name="publishing.PolicyPublished").count() == 1
    with acting_as(viewer=viewer_of("auditor", desk.at), at=desk.at):
        acts = set(Entry.objects.filter(object_type="publishing.publication").values_list("action", flat=True))
    assert {"publishing.drafted", "publishing.examples_checked", "publishing.tried", "publishing.published"} <= acts
    [source] = [s for (name, day), s in queries.sources_of([STANDARD]).items() if day == DAY]
    assert source.author == STAFF["district_business"][1]
    assert source.signed_by == STAFF["district_leader"][1]


def test_the_trial_names_who_gains_and_what_it_costs(desk: Desk) -> None:
    number = drafted(desk)
    tried(desk, number)
    page = queries.publication(viewer=desk.author, publication_id=number)
    assert page is not None
    assert page.trial_persons > 1_900
    with acting_as(viewer=desk.author, at=desk.at):
        counts = queries.effect_counts(viewer=desk.author, publication_id=number)
        lines = queries.effect_lines(viewer=desk.author, publication_id=number, effect="", limit=5_000)
    assert counts[Effect.GAINS][0] > 0, "a higher standard lets somebody in"
    assert counts[Effect.MORE][0] > 0
    assert sum(count for count, _ in counts.values()) == len(lines)
    difference = sum(cost.difference_fen for cost in page.costs)
    sure = [line for line in lines if line.before_fen is not None and line.after_fen is not None]
    assert sum((line.after_fen or 0) - (line.before_fen or 0) for line in sure) <= difference
    assert difference > 0
    told = [line.cost.scheme for line in page.changed_costs]
    assert "minimum_living_allowance" in told
    assert sorted((abs(line.difference_fen) for line in page.changed_costs), reverse=True) == [
        abs(line.difference_fen) for line in page.changed_costs
    ]
    assert {line.title for line in page.costs if not line.cost.effects} <= set(page.unchanged)
    assert len(told) + len(page.unchanged) == len(page.costs)
    assert sum(fen for _, fen in page.totals) == difference
    assert all(line.outlook.left_fen is None for line in page.costs), "no budget was entered: unknown, not zero"
    first = page.costs[0]
    operations.enter_budget(
        actor=desk.author, at=desk.at, scheme=first.cost.scheme, year=2026, amount_fen=10**12, source="杭财〔2026〕1号",
        spent_fen=10**9, spent_until=date(2026, 11, 1),
    )  # fmt: skip
    again = queries.publication(viewer=desk.author, publication_id=number)
    assert again is not None
    found = next(line for line in again.costs if line.cost.scheme == first.cost.scheme)
    assert found.outlook.left_fen == 10**12 - 10**9 - first.cost.before_fen - first.cost.after_fen


def test_a_community_sees_only_its_own_rows(desk: Desk) -> None:
    number = drafted(desk)
    tried(desk, number)
    worker = viewer_of("community_worker", desk.at)
    with acting_as(viewer=desk.author, at=desk.at):
        everybody = queries.effect_lines(viewer=desk.author, publication_id=number, effect="", limit=5_000)
    with acting_as(viewer=worker, at=desk.at):
        own = queries.effect_lines(viewer=worker, publication_id=number, effect="", limit=5_000)
        assert TrialLine.objects.count() == len(own)
    assert len(own) < len(everybody)
    assert {line.place for line in own} <= {worker.area_name}


def test_the_evaluation_after_a_signature_stores_what_the_trial_promised(desk: Desk) -> None:
    header = replace(HEADER, in_force_date=date(2026, 11, 1), backdating_basis="通知第五条：自2026年11月1日起执行")
    number = published(desk, header)
    summary = evaluate_district(actor=desk.system, at=desk.at, as_of=desk.at.date())
    page = queries.publication(viewer=desk.author, publication_id=number)
    assert page is not None
    promised = next(line.cost for line in page.costs if line.cost.scheme == "minimum_living_allowance")
    from minsheng.work.eligibility.models import Result

    with acting_as(viewer=desk.system, at=desk.at):
        rows = Result.objects.filter(scheme=promised.scheme, valid_to__isnull=True, status="entitled")
        assert rows.count() == promised.after_entitled
        assert sum(row.payable_fen or 0 for row in rows) == promised.after_fen
    assert summary.law_digest == law_on(date(2026, 11, 1)).digest


def test_the_author_does_not_sign_and_the_database_agrees(desk: Desk) -> None:
    number = drafted(desk)
    submitted(desk, number)
    with pytest.raises(operations.UnableToPublish, match="起草人不能签发自己"):
        operations.sign(actor=desk.author, at=desk.at, publication_id=number)
    with pytest.raises(IntegrityError, match="publishing_four_eyes"), transaction.atomic():
        Publication.objects.filter(id=number).update(signed_by_id=desk.author.account_id)
    assert law_on(DAY).numbers[STANDARD].value == 110_200


def test_a_day_that_has_passed_is_refused_and_the_database_agrees(desk: Desk) -> None:
    passed = drafted(desk, replace(HEADER, in_force_date=date(2026, 11, 1)))
    with pytest.raises(operations.UnableToPublish, match="2026年11月1日 已经过了"):
        submitted(desk, passed)
    number = drafted(desk, replace(HEADER, in_force_date=desk.at.date() + timedelta(days=1)))
    submitted(desk, number)
    with pytest.raises(operations.UnableToPublish, match="已经过了"):
        operations.sign(actor=desk.signer, at=desk.at + timedelta(days=2), publication_id=number)
    with pytest.raises(IntegrityError, match="publishing_never_back_dated"), transaction.atomic():
        Publication.objects.filter(id=number).update(signed_date=desk.at.date() + timedelta(days=2))


def test_what_is_published_stays(desk: Desk) -> None:
    number = published(desk)
    for change in (
        lambda: Publication.objects.filter(id=number).update(title="改"),
        lambda: Version.objects.filter(publication_id=number).update(value=1),
        lambda: Version.objects.filter(publication_id=number).delete(),
        lambda: Version.objects.create(publication_id=number, name=TIERS, basis="x", values=[1], edges=[0]),
    ):
        with pytest.raises(DatabaseError, match="what is published stays"), transaction.atomic():
            change()


def test_a_rollback_is_a_new_version(desk: Desk) -> None:
    before = {code: law_on(DAY).numbers[code].value for code in law_on(DAY).numbers}
    first = published(desk)
    back = operations.take_back(
        actor=desk.author, at=desk.at, publication_id=first, in_force_date=DAY, reason="文件被上级纠正"
    )
    assert law_on(DAY).numbers[STANDARD].value == 150_000, "drafting a roll-back changes nothing"
    submitted(desk, back)
    operations.sign(actor=desk.signer, at=desk.at, publication_id=back)
    assert {code: law_on(DAY).numbers[code].value for code in law_on(DAY).numbers} == before
    assert law_on(DAY).numbers[STANDARD].doubt == "2021年以后的标准未查到，沿用 2020 年的 1,102 元"
    assert Publication.objects.filter(status="published").count() == 2
    assert Publication.objects.get(id=back).takes_back_id == first


def test_two_drafts_at_once_the_second_is_tried_anew(desk: Desk) -> None:
    one, two = drafted(desk), drafted(desk, replace(HEADER, title="另一项"), raised(160_000))
    submitted(desk, one)
    submitted(desk, two)
    operations.sign(actor=desk.signer, at=desk.at, publication_id=one)
    with pytest.raises(operations.UnableToPublish, match="测算之后又签发了别的改动"):
        operations.sign(actor=desk.signer, at=desk.at, publication_id=two)


def test_a_returned_draft_says_why_and_comes_again(desk: Desk) -> None:
    number = drafted(desk)
    submitted(desk, number)
    with pytest.raises(operations.UnableToPublish, match="写明退回的原因"):
        operations.return_draft(actor=desk.signer, at=desk.at, publication_id=number, reason=" ")
    operations.return_draft(actor=desk.signer, at=desk.at, publication_id=number, reason="文号写错了")
    page = queries.publication(viewer=desk.author, publication_id=number)
    assert page is not None
    assert (page.line.status, page.return_reason) == (Status.RETURNED, "文号写错了")
    operations.put_version(actor=desk.author, at=desk.at, publication_id=number, version=raised(140_000))
    assert Publication.objects.get(id=number).trial == {}, "another figure must be tried again"


def test_a_figure_that_breaks_an_example_of_the_past_does_not_go_on(desk: Desk) -> None:
    header = replace(HEADER, in_force_date=date(2020, 6, 1), backdating_basis="试")
    number = drafted(desk, header, raised(1_000))
    # Every broken example lies on or after that day, so it is shown to the signer instead of stopping the draft.
    assert operations.check_examples_of(actor=desk.author, at=desk.at, publication_id=number)
    page = queries.publication(viewer=desk.author, publication_id=number)
    assert page is not None
    assert page.examples["changed"]
    assert not page.examples["broken"]
    operations.start_trial(actor=desk.author, at=desk.at, publication_id=number)
    Publication.objects.filter(id=number).update(status=Status.TRIED.value)
    with pytest.raises(operations.UnableToPublish, match="样例的结果会因这项改动而变"):
        operations.submit(actor=desk.author, at=desk.at, publication_id=number)


def test_a_table_is_published_like_a_figure(desk: Desk) -> None:
    bands = GivenVersion(TIERS, "区民〔2026〕9号", None, (0, 70, 80, 90), (0, 2_000, 6_000, 12_000), "征求意见稿")
    number = published(desk, replace(HEADER, title="高龄津贴扩面"), bands)
    assert law_on(DAY).tables[TIERS].values == (0, 2_000, 6_000, 12_000)
    assert any(d.text == "征求意见稿" for d in book().schemes["old_age_allowance"].doubts)
    page = queries.publication(viewer=desk.author, publication_id=number)
    assert page is not None
    assert len(page.figures[0].rows) >= 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (raised(-1), "不小于 0"),
        (GivenVersion(STANDARD, " ", 1), "没有写出处"),
        (GivenVersion("household.nothing", "x", 1), "没有叫"),
        (GivenVersion(TIERS, "x", None, (0, 0), (1, 2)), "从 0 起"),
    ],
)
def test_a_draft_that_would_not_load_is_refused_at_once(desk: Desk, given: GivenVersion, told: str) -> None:
    with pytest.raises(operations.UnableToDraft, match=told), transaction.atomic():
        drafted(desk, HEADER, given)
    assert Publication.objects.count() == 0


def test_only_who_holds_the_right_drafts_and_signs(desk: Desk) -> None:
    worker = viewer_of("community_worker", desk.at)
    with pytest.raises(UnableToAct):
        operations.draft(actor=worker, at=desk.at, header=HEADER, versions=(raised(),))
    number = drafted(desk)
    submitted(desk, number)
    with pytest.raises(UnableToAct):
        operations.sign(actor=viewer_of("auditor", desk.at), at=desk.at, publication_id=number)


@pytest.mark.parametrize(("status", "act"), [(s, a) for s, a in product(Status, Act)])
def test_the_operations_follow_the_table(desk: Desk, status: Status, act: Act) -> None:
    number = drafted(desk)
    if status is Status.PUBLISHED:
        _force(number, status="published", signed_by_id=desk.signer.account_id, signed_at=desk.at,
               signed_date=DAY, sequence=9, law_version="x" * 64, tried_at=desk.at)  # fmt: skip
    else:
        _force(number, status=status.value, return_reason="x", examples={"broken": []}, tried_at=desk.at)
    who = desk.signer if WHOSE[act] == "another" else desk.author
    act_on: dict[Act, Callable[[], Any]] = {
        Act.REVISE: lambda: operations.put_version(
            actor=who, at=desk.at, publication_id=number, version=raised(130_000)
        ),
        Act.CHECK: lambda: operations.check_examples_of(actor=who, at=desk.at, publication_id=number),
        Act.START_TRIAL: lambda: operations.start_trial(actor=who, at=desk.at, publication_id=number),
        Act.RECORD_TRIAL: lambda: operations.record_trial(
            actor=desk.system, at=desk.at, publication_id=number, trial=_no_change()
        ),
        Act.SUBMIT: lambda: operations.submit(actor=who, at=desk.at, publication_id=number),
        Act.SIGN: lambda: operations.sign(actor=who, at=desk.at, publication_id=number),
        Act.RETURN: lambda: operations.return_draft(actor=who, at=desk.at, publication_id=number, reason="改"),
        Act.WITHDRAW: lambda: operations.withdraw(actor=who, at=desk.at, publication_id=number),
        # The one act that is safe to repeat: a trial that is not running has nothing to fail.
        Act.FAIL_TRIAL: lambda: operations.fail_trial(actor=desk.system, at=desk.at, publication_id=number),
    }
    after = status_after(status, act)
    if after is None and act is not Act.FAIL_TRIAL:
        with pytest.raises(ValueError, match="不能"):
            act_on[act]()
        after = status
    else:
        act_on[act]()
        after = after or status
    assert Publication.objects.get(id=number).status == after.value


def test_one_process_sees_what_another_signed(desk: Desk) -> None:
    """The head row decides, not the memory of a process: put back, the old law holds again."""
    number = published(desk)
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        LawHead.objects.update(law_version="", sequence=0)
        forget_law_version()
        assert law_on(DAY).numbers[STANDARD].value == 110_200
        raise RuntimeError("undone")
    assert law_on(DAY).numbers[STANDARD].value == 150_000
    assert Publication.objects.get(id=number).sequence == 1


def test_the_head_is_read_once_in_a_transaction(desk: Desk) -> None:
    from django.test.utils import CaptureQueriesContext

    with transaction.atomic():
        law_on(DAY)
        with CaptureQueriesContext(connection) as seen:
            for _ in range(30):
                law_on(DAY)
    assert len(seen) == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"source": " "}, "依据"),
        ({"amount_fen": -1}, "负数"),
        ({"scheme": "nothing"}, "没有这项政策"),
        ({"spent_fen": 5}, "要么都填"),
        ({"spent_fen": 5, "spent_until": date(2024, 1, 1)}, "截止日"),
    ],
)
def test_a_budget_names_its_source(desk: Desk, changes: dict[str, Any], told: str) -> None:
    given: dict[str, Any] = {"scheme": "old_age_allowance", "year": 2026, "amount_fen": 1, "source": "文号"} | changes
    with pytest.raises(operations.UnableToEnterBudget, match=told):
        operations.enter_budget(actor=desk.author, at=desk.at, **given)


def test_a_budget_is_never_overwritten(desk: Desk) -> None:
    for amount in (100, 200):
        operations.enter_budget(
            actor=desk.author, at=desk.at, scheme="old_age_allowance", year=2026, amount_fen=amount, source="文号"
        )
    line = next(b for b in queries.budgets(viewer=desk.author, year=2026) if b.scheme == "old_age_allowance")
    assert line.amount_fen == 200
    with pytest.raises(DatabaseError), transaction.atomic():
        Budget.objects.update(amount_fen=300)


def _force(number: int, **fields: Any) -> None:
    Publication.objects.filter(id=number).update(**fields)


def _no_change() -> Any:
    from minsheng.work.eligibility.publishing.trial import Trial

    return Trial(DAY, "", 0, 0, (), ())

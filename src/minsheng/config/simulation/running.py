"""Benefits that run: news, reviews, hearings, changes and ends."""

from collections.abc import Iterator
from datetime import timedelta

from minsheng.config.simulation.handling import File
from minsheng.config.simulation.world import World
from minsheng.records.registry import operations as registry
from minsheng.records.registry.types import SubjectKind
from minsheng.work.casework import operations as casework
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.payments import operations as payments
from minsheng.work.payments.types import Cause

NEWS, REVIEWED, OWN_WISH = 0.10, 0.05, 0.01  # of the running benefits, each month
UNREPORTED_DAYS = 95  # work that nobody told of for three months
EXIT_MONTHS = 3


def month_of(file: File) -> Iterator[int]:
    """This generator will let a month pass over one running benefit."""
    world = file.world
    if file.status != "paying":
        return
    if world.chance(NEWS) and file.matter.person_id is None:
        yield from _work_that_nobody_told_of(file)
    elif world.chance(REVIEWED):
        file.do(casework.begin_review, "street_intake")
        yield 2
        try:
            file.do(casework.record_review, "street_intake", findings="走访核对，没有变化")
        except UnableToProceed as refusal:
            if "有变化" not in str(refusal):
                world.refusals[str(refusal)[:60]] += 1
            yield from adjusted(file, reason="定期复核，情况有变化")
    elif world.chance(OWN_WISH):
        yield from adjusted(file, reason="本人要求停发", own_wish=True)


def _work_that_nobody_told_of(file: File) -> Iterator[int]:
    """A member has earned for three months: what was paid is compared with what was due, and the benefit follows."""
    world = file.world
    since = world.today - timedelta(days=UNREPORTED_DAYS)
    person = world.dice.choice(sorted(file.people))
    earns = world.dice.choice((1_200_000, 2_400_000, 4_800_000))
    try:
        registry.record_statement(
            actor=file.who("street_intake"),
            at=world.tick(),
            subject_kind=SubjectKind.PERSON,
            subject_id=person,
            source="hrss",
            values={"wage_income": earns, "employment_status": "employed"},
            valid_from=since,
        )
    except (registry.UnableToRecordStatement, registry.UnableToFind):
        return
    world.counts["unreported_work"] += 1
    yield 2
    grant = world.rows("SELECT grant_id FROM casework_case WHERE id = %s", [file.case_id])[0][0]
    if grant is not None:
        payments.recalculate(
            actor=world.bureau("district_business"),
            at=world.tick(),
            grant_id=grant,
            cause=Cause.INCOME,
            changed_on=since,
        )
    yield from adjusted(file, reason="家里有人就业，收入变化", exit_months=EXIT_MONTHS if world.chance(0.3) else 0)


def adjusted(file: File, *, reason: str, exit_months: int = 0, own_wish: bool = False) -> Iterator[int]:
    """This generator will propose what the working gives now, hear the person, decide and deliver."""
    world = file.world
    if file.status not in ("paying", "reviewing"):
        return
    try:
        outcome = _proposed(file, reason, exit_months, own_wish)
    except UnableToProceed as refusal:
        world.refusals[str(refusal)[:60]] += 1
        if file.status == "reviewing":  # still the same, or not to be said: the review stays open for the next month
            world.counts["review_open"] += 1
        return
    yield 2
    if outcome in ("reduce", "end", "gradual_exit"):
        file.do(casework.hear, "street_intake", words_said="知道了，没有意见")
        yield 1
    try:
        file.do(casework.decide_adjustment, "confirmer", reason=reason)
    except UnableToProceed as refusal:
        world.refusals[str(refusal)[:60]] += 1
        file.do(casework.drop_proposal, "street_review", reason="情况又有变化，下月再核")
        return
    yield 1
    file.do(casework.notify_adjustment, "street_intake", received_by=file.applicant)


def _proposed(file: File, reason: str, exit_months: int, own_wish: bool) -> str:
    given = {"reason": reason, "own_wish": own_wish}
    try:
        outcome = file.do(casework.propose_adjustment, "street_intake", exit_months=exit_months, **given)
    except UnableToProceed as refusal:
        if "渐退期只用于" not in str(refusal):
            raise
        outcome = file.do(casework.propose_adjustment, "street_intake", **given)
    return str(outcome)


def after_a_death(world: World, files: list[File], person_id: int) -> Iterator[int]:
    """This generator will end or work out anew what concerned somebody who died, once the family was heard."""
    yield 4
    for file in files:
        if person_id in file.people:
            yield from adjusted(file, reason="家庭成员去世")

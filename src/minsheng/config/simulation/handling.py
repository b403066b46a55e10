"""One case through the offices: the simulated staff do each act by its operation, on working days, and wait between."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from minsheng.config.simulation.matters import Matter
from minsheng.config.simulation.world import World
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import operations as registry
from minsheng.records.registry import queries as registry_queries
from minsheng.work.casework import operations as casework
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.procedures import edition_on
from minsheng.work.casework.types import Act, Edition, Origin

# Shares of cases in which something besides the main path happens.
CORRECTED, WITHDRAWN, RELATIVE, EXTENDED, PAUSED = 0.08, 0.02, 0.03, 0.04, 0.06
OBJECTED, RETURNED, APPEALED, REFERRED, CONFERRED, HANDED_OVER = 0.07, 0.03, 0.05, 0.06, 0.03, 0.03
AIDED_FIRST, WITHOUT_ACCOUNT, CONTESTED = 0.5, 0.08, 0.5
CLOSED_ACCOUNT, SLOW_ACCOUNT = 0.05, 0.03  # of the accounts: the bank gives the money back, or does not know yet
FIRST_AID_FEN = 30_000
_STATES = "SELECT state, id FROM casework_check WHERE case_id = %s AND state <> 'replaced' ORDER BY id"


@dataclass
class File:
    """A case in the hands of its street."""

    world: World
    matter: Matter
    edition: Edition
    case_id: int
    people: dict[int, str]
    applicant: str

    def who(self, role: str) -> Viewer:
        """This method will return who has a role for this case; the confirmer is the street where it is delegated."""
        if role == "confirmer":
            delegated = self.world.rows("SELECT delegated FROM casework_case WHERE id = %s", [self.case_id])[0][0]
            role = "street_confirm" if delegated else "district_business"
        if role.startswith("district_"):
            return self.world.bureau(role)
        return self.world.staff(role, self.matter.area_id)

    def do(self, act: Callable[..., Any], role: str, **given: Any) -> Any:
        """This method will do one act, now."""
        done = act(actor=self.who(role), at=self.world.tick(), case_id=self.case_id, **given)
        self.world.counts[act.__name__] += 1
        return done

    @property
    def status(self) -> str:
        return str(self.world.rows("SELECT status FROM casework_case WHERE id = %s", [self.case_id])[0][0])


def handle(world: World, matter: Matter, granted: list[File]) -> Iterator[int]:
    """This generator will lead one matter through its procedure; it yields the working days to wait.

    What is granted by month is added to `granted`. A case that cannot go on is withdrawn with the reason.
    """
    file = _opened(world, matter)
    if file is None:
        return
    try:
        yield from _case(file, granted)
    except UnableToProceed as refusal:
        world.refusals[str(refusal)[:60]] += 1
        if file.status not in ("approved", "paying", "closed", "rejected", "aided"):
            casework.withdraw(
                actor=file.who("community_worker"), at=world.tick(), case_id=file.case_id, reason=str(refusal)[:500]
            )
            world.counts["withdraw"] += 1


def _opened(world: World, matter: Matter) -> File | None:
    edition = edition_on(matter.procedure, world.today)
    assert edition is not None, "matters are of procedures in force"
    worker = world.staff("community_worker", matter.area_id)
    with world.step() as turn:
        found = registry_queries.household_facts(
            viewer=turn.actor, household_id=matter.household_id, as_of=world.today, known_at=turn.at
        )
    people = dict(found.names) if found is not None else {}
    if not people or (matter.person_id is not None and matter.person_id not in people):
        return None  # they have moved on since the rules looked
    for person in people:
        world.state_purpose(worker, person)
    try:
        case_id = casework.open_case(
            actor=worker,
            at=world.tick(),
            procedure=matter.procedure,
            scheme=matter.scheme,
            household_id=matter.household_id,
            person_id=matter.person_id,
            origin=Origin.FINDING if matter.from_finding else Origin.APPLICATION,
        )
    except (UnableToProceed, registry.UnableToFind) as refusal:
        world.refusals[str(refusal)[:60]] += 1
        return None
    world.counts["open_case"] += 1
    name = str(world.rows("SELECT subject_name FROM casework_case WHERE id = %s", [case_id])[0][0])
    return File(world, matter, edition, case_id, people, name)


def _case(file: File, granted: list[File]) -> Iterator[int]:
    world, edition = file.world, file.edition
    yield from _apply(file)
    if world.chance(WITHDRAWN):
        file.do(casework.withdraw, "community_worker", reason="家里商量后不申请了")
        return
    file.do(casework.accept, "street_intake")
    if edition.advance and world.chance(AIDED_FIRST):
        file.do(casework.aid_first, "street_confirm", amount_fen=FIRST_AID_FEN, reason="等着用钱，先救助")
        yield 2
        file.do(casework.supply_papers, "street_intake", note="补了申请人签名和医院单据")
        return
    watched = world.chance(RELATIVE)
    if watched:
        file.do(casework.record_relative, "street_intake", relation="申请人与社区工作者是表亲")
    yield from _look_into(file)
    watched |= yield from _published(file, favourable=(yield from _opined(file)))
    yield from _decided(file, watched=watched)
    yield from _aside(file)
    if file.status == "paying":
        granted.append(file)


def _apply(file: File) -> Iterator[int]:
    world = file.world
    if file.edition.needs(Act.AUTHORISE):
        file.do(
            casework.authorise,
            "community_worker",
            person_ids=list(file.people),
            sources=file.edition.sources,
            valid_to=world.today + timedelta(days=365),
            signed_how="paper",
        )
    reason = {"application.reason": "家里收入少，支出多，过不下去"}
    file.do(casework.save_draft, "community_worker", answers={**reason, **file.matter.answers})
    if not world.chance(WITHOUT_ACCOUNT):
        file.do(
            casework.enter_account,
            "community_worker",
            holder_name=file.applicant,
            bank="演示银行上城支行",
            account_number=account_number(world, file.case_id),
        )
    file.do(casework.submit, "community_worker", declared_true=True)
    yield world.dice.choice((0, 0, 1))
    if world.chance(CORRECTED):
        file.do(casework.request_correction, "street_intake", papers=["signature"], note="请补签名")
        yield 2
        file.do(casework.submit, "community_worker", declared_true=True)


def account_number(world: World, key: int, *, sound: bool = False) -> str:
    """This function will make an account of the simulated bank; it gives money to 8888 back and knows 9999 not yet."""
    draw = world.dice.random()
    tail = "8888" if draw < CLOSED_ACCOUNT else "9999" if draw < CLOSED_ACCOUNT + SLOW_ACCOUNT else "0000"
    return f"62284800{key:08d}{'0000' if sound else tail}"


def _look_into(file: File) -> Iterator[int]:
    world, edition = file.world, file.edition
    if edition.needs(Act.START_INVESTIGATION):
        file.do(casework.start_investigation, "street_intake")
    if edition.needs(Act.REQUEST_CHECK):
        file.do(casework.request_check, "street_intake")
    if not edition.advance:  # an emergency waits for nobody
        yield world.dice.choice((1, 2))
        if edition.extension_grounds and world.chance(EXTENDED):
            file.do(casework.extend, "street_review", ground="hard", reason="经常外出打工，难以调查")
        if world.chance(PAUSED):
            file.do(casework.suspend, "street_review", reason="申请人住院")
            yield world.dice.randint(3, 9)
            file.do(casework.resume, "street_review", reason="申请人出院")
    if edition.needs(Act.RECORD_INVESTIGATION):
        _investigate(file)
    if edition.needs(Act.REQUEST_CHECK):
        yield from _check(file)


def _investigate(file: File) -> None:
    file.do(
        casework.record_investigation,
        "street_intake",
        method="home",
        visited_date=file.world.today,
        interviewee=file.applicant,
        observations="家中情况与申请一致",
        family_signed=True,
    )
    file.do(casework.sign_investigation, "community_worker")


def _check(file: File) -> Iterator[int]:
    """Waits until every source has answered; asks again what is late, and contests what the family says is wrong."""
    contested = not file.world.chance(CONTESTED)
    for _ in range(12):
        states = file.world.rows(_STATES, [file.case_id])
        wrong = [number for state, number in states if state == "contradictory"]
        if wrong and not contested:
            contested = True
            file.do(casework.object_to_check, "street_intake", check_id=wrong[0], words_said="不对，有单据")
            file.do(casework.request_check, "street_intake")
        elif any(state == "late" for state, _ in states):
            file.do(casework.request_check, "street_intake")
        elif all(state in ("hit", "miss", "contradictory") for state, _ in states):
            return
        yield 1


def _opined(file: File) -> Generator[int, None, bool]:
    """Gives the opinion that the working allows, and returns whether it is favourable."""
    try:
        file.do(casework.give_opinion, "street_review", favourable=True, words_said="情况属实，符合条件")
    except UnableToProceed as refusal:
        if "不符合条件" not in str(refusal):
            raise
        file.do(casework.give_opinion, "street_review", favourable=False, words_said="按核对的情况不符合条件")
        return False
    yield 0
    return True


def _published(file: File, *, favourable: bool) -> Generator[int, None, bool]:
    """Publishes where the procedure says so, with or without objections; returns whether somebody objected."""
    world = file.world
    objected = False
    if favourable and file.edition.needs(Act.PUBLISH_NOTICE):
        token = file.do(casework.publish_notice, "street_review", place="社区公告栏")
        if world.chance(OBJECTED):
            yield 2
            casework.lodge_objection(token=token, at=world.tick(), words_said="他家好像有辆车")
            world.counts["lodge_objection"] += 1
            objected = True
            file.do(casework.reinvestigate, "street_intake")
            if "objection" in file.edition.extension_grounds:
                file.do(casework.extend, "street_review", ground="objection", reason="公示有异议")
            yield 1
            _investigate(file)
            if not (yield from _opined(file)):
                file.do(casework.forward, "street_review")
                return objected
            file.do(casework.publish_notice, "street_review", place="社区公告栏")
        yield 5
        while not _ended(file):
            yield 1
    else:
        file.do(casework.forward, "street_review")
    return objected


def _ended(file: File) -> bool:
    try:
        file.do(casework.end_notice, "street_review")
    except UnableToProceed as refusal:
        if "才满" not in str(refusal):
            raise
        return False
    return True


def _decided(file: File, *, watched: bool) -> Iterator[int]:
    world = file.world
    if not file.edition.advance:
        yield world.dice.choice((1, 2, 3))
    if world.chance(RETURNED) and not file.edition.advance:
        yield from _again(file, reason="请补充邻里访问")
    if watched:
        _visit(file)
    try:
        file.do(casework.approve, "confirmer", reason="经审核，符合条件")
    except UnableToProceed as refusal:
        if "不一致" in str(refusal):
            yield from _again(file, reason="公示以后情况有变化")
            if watched:
                _visit(file)
            file.do(casework.approve, "confirmer", reason="经补充调查，符合条件")
        else:
            file.do(casework.reject, "confirmer", reason="按核对的情况，家庭人均收入或财产超过了标准，这次不符合条件")
    yield 1
    file.do(casework.deliver, "street_intake", how="handed", received_by=file.applicant)


def _visit(file: File) -> None:
    file.do(
        casework.visit_by_county,
        "district_business",
        visited_date=file.world.today,
        interviewee=file.applicant,
        observations="区级入户，情况属实",
        family_signed=True,
    )


def _again(file: File, *, reason: str) -> Iterator[int]:
    """A round more: returned, investigated, judged and published anew."""
    file.do(casework.return_case, "confirmer", reason=reason)
    yield 1
    if file.edition.needs(Act.RECORD_INVESTIGATION):
        _investigate(file)
    yield from _published(file, favourable=(yield from _opined(file)))


def _aside(file: File) -> Iterator[int]:
    """What may happen beside: a referral, a conference, another hand, a reconsideration."""
    world = file.world
    alive = file.status not in ("closed", "withdrawn", "terminated")
    if alive and world.chance(REFERRED):
        file.do(casework.refer, "street_intake", partner="medical", need="看病的钱")
        yield 5
        file.do(casework.answer_referral, "street_intake", answer="已纳入医疗救助")
    if alive and world.chance(CONFERRED):
        file.do(
            casework.confer,
            "street_intake",
            agenda="照护和就学",
            participants="街道、社区、学校",
            conclusion="每周探访",
        )
    if alive and world.chance(HANDED_OVER):
        to = file.who("street_review").account_id
        file.do(casework.hand_over, "street_intake", to_account_id=to, note="已说好每月去看一次")
    if world.chance(APPEALED):
        file.do(
            casework.appeal,
            "street_intake",
            kind="reconsideration",
            authority="区人民政府",
            grounds="认为金额算得不对",
            lodged_date=world.today,
        )
        yield 20
        file.do(casework.settle_appeal, "street_intake", result="upheld", result_words="重算一致，维持")

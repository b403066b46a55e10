"""Random walks over the operations of casework, judged by an oracle that knows nothing of the rules.

Each step is an act by somebody, allowed or not. The oracle keeps its own diary of what succeeded, and looks at every
approval: was each step of the law behind it, by different people, on days far enough apart?
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.test import Client

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Case, Check, Decision
from minsheng.work.casework.procedures import edition_on
from minsheng.work.casework.rules.papers import PAPERS
from minsheng.work.casework.rules.transitions import capability_of, possible_acts
from minsheng.work.casework.types import Act, Origin, Status
from work.casework.conftest import FAMILY, AgreeingSources, Office, members_of

PEOPLE = ("street_intake", "community_worker", "street_review", "street_confirm", "district_business", "system")
# procedure, scheme, whether the first member is the beneficiary, and what the law asks for before an approval.
MATTERS: tuple[tuple[str, str, bool, tuple[str, ...]], ...] = (
    (
        "minimum_living_allowance",
        "minimum_living_allowance",
        False,
        ("authorise", "submit", "accept", "record", "sign", "check", "opinion", "publish", "end"),
    ),
    (
        "disability_subsidies",
        "disability_care_subsidy",
        True,
        ("authorise", "submit", "accept", "check", "opinion", "send"),
    ),
    ("temporary_relief_quick", "small_quick_aid", True, ("submit", "accept", "opinion", "send")),
)
AGAIN = frozenset({"record", "sign", "opinion", "publish", "end", "send"})  # anew after an objection or a return
GUIDED = 0.8  # of the steps are ones that the status allows, by somebody whose post allows it
LONGEST_CASE_STEPS, LONGEST_CASE_DAYS = 70, 24


@dataclass
class Entry:
    """One act that succeeded, as the oracle wrote it down."""

    what: str
    who: int
    day: date


@dataclass
class Walk:
    """What a walk did and what it found."""

    steps: int = 0
    done: int = 0
    approved: int = 0
    violations: list[str] = field(default_factory=list)


def walk(
    office: Office, *, steps: int, seed: int, by_pages: "Pages | None" = None, to_first_fault: bool = False
) -> Walk:
    """This function will walk so many steps from a seed; every case is rolled back when its walk ends.

    `by_pages` does each act by sending its form, where there is one, instead of calling the operation. A control, which
    plants a fault, has seen enough `to_first_fault`.
    """
    found, dice, start = Walk(), random.Random(seed), office.at
    people = {role: office(role) for role in PEOPLE}
    family = members_of(office)
    while found.steps < steps:
        with transaction.atomic():
            _one_case(found, dice, people, family, start, steps, by_pages)
            transaction.set_rollback(True)
        if to_first_fault and found.violations:
            break
    return found


def _one_case(
    found: Walk,
    dice: random.Random,
    people: dict[str, Viewer],
    family: list[int],
    at: datetime,
    steps: int,
    by_pages: "Pages | None",
) -> None:
    procedure, scheme, personal, law = dice.choice(MATTERS)
    last = at + timedelta(days=LONGEST_CASE_DAYS)
    case_id = casework.open_case(
        actor=people["street_intake"],
        at=at,
        procedure=procedure,
        scheme=scheme,
        household_id=FAMILY,
        person_id=family[0] if personal else None,
        origin=Origin.APPLICATION,
    )
    if procedure == "temporary_relief_quick":
        struck = {"emergency_kind": "accident", "emergency_severity": "grave", "emergency_date": at.date()}
        casework.save_draft(
            actor=people["street_intake"],
            at=at,
            case_id=case_id,
            answers={f"{family[0]}.{name}": value for name, value in struck.items()},
        )
    diary: list[Entry] = []
    for _ in range(LONGEST_CASE_STEPS):
        if found.steps >= steps:
            return
        found.steps += 1
        if at < last and dice.random() < 0.25:
            at += timedelta(days=dice.choice((1, 1, 2, 7, 8)))
        role, act = _pick(dice, people, case_id, at)
        try:
            with transaction.atomic():
                if by_pages is not None and act in BY_PAGE:
                    by_pages.send(people[role], at, case_id, act, _ARGUMENTS[act][1](dice, at, family, procedure))
                else:
                    _do(dice, people[role], at, case_id, act, family, procedure)
        except (casework.UnableToProceed, casework.UnableToFindNotice, UnableToAct):
            continue
        except DatabaseError as stopped:
            if "casework_no_shortcut" in str(stopped):
                found.violations.append(f"only the database stopped {act} by {role}: {stopped}".split("\n")[0])
            else:
                raise
            continue
        found.done += 1
        diary.append(Entry(_DIARY.get(act, act.value), people[role].account_id, at.date()))
        if act is Act.APPROVE:
            found.approved += 1
            found.violations += [f"{procedure}: {fault}" for fault in faults(diary, law)]
            return
        if _status(people["district_business"], at, case_id).ended:
            return
    with acting_as(viewer=people["district_business"], at=at):
        if Decision.objects.filter(case_id=case_id, outcome="grant").exists():
            found.violations.append(f"{procedure}: a grant without an approval in the diary")


_DIARY = {
    Act.RECORD_INVESTIGATION: "record",
    Act.SIGN_INVESTIGATION: "sign",
    Act.REQUEST_CHECK: "check",
    Act.GIVE_OPINION: "opinion",
    Act.PUBLISH_NOTICE: "publish",
    Act.END_NOTICE: "end",
    Act.FORWARD: "send",
    Act.REINVESTIGATE: "anew",
    Act.RETURN: "anew",
    Act.RECORD_RELATIVE: "relative",
    Act.VISIT_BY_COUNTY: "visit",
}


def faults(diary: list[Entry], law: tuple[str, ...]) -> list[str]:
    """This function will judge an approval by the diary alone: missing steps, one person twice, a notice too short."""
    begun = max((i for i, entry in enumerate(diary) if entry.what == "anew"), default=-1)
    round_ = diary[begun + 1 :]
    found = []
    for step in law:
        if not any(entry.what == step for entry in (round_ if step in AGAIN else diary)):
            found.append(f"approved without {step}")
    approver = diary[-1].who
    for step in ("accept", "record", "sign", "opinion", "send"):
        if any(entry.what == step and entry.who == approver for entry in diary):
            found.append(f"the approver did {step}")
    takers = {entry.who for entry in diary if entry.what == "accept"}
    if any(entry.what == "opinion" and entry.who in takers for entry in round_):
        found.append("one person accepted and gave the opinion")
    writers = {entry.who for entry in round_ if entry.what == "record"}
    if "sign" in law and not any(entry.what == "sign" and writers - {entry.who} for entry in round_):
        found.append("one person investigated alone")
    if "publish" in law:
        posted = [entry.day for entry in round_ if entry.what == "publish"]
        ended = [entry.day for entry in round_ if entry.what == "end"]
        if posted and ended and (ended[-1] - posted[-1]).days <= 7:
            found.append(f"the notice hung {(ended[-1] - posted[-1]).days} days")
    if any(entry.what in ("relative", "object") for entry in diary) and not any(e.what == "visit" for e in round_):
        found.append("no visit by the bureau for a near relative or a complaint")
    return found


def _status(viewer: Viewer, at: datetime, case_id: int) -> Status:
    with acting_as(viewer=viewer, at=at):
        return Status(Case.objects.values_list("status", flat=True).get(pk=case_id))


def _pick(dice: random.Random, people: dict[str, Viewer], case_id: int, at: datetime) -> tuple[str, Act]:
    if dice.random() >= GUIDED:
        return dice.choice(PEOPLE), dice.choice(list(_ARGUMENTS))
    status = _status(people["district_business"], at, case_id)
    acts = [act for act in possible_acts(status) if act in _ARGUMENTS and act not in _RARE]
    if not acts or dice.random() < 0.03:
        return dice.choice(PEOPLE), dice.choice(list(_RARE))
    act = dice.choice(acts)
    able = [role for role, viewer in people.items() if viewer.can(capability_of(act, delegated=False))]
    return dice.choice(able or list(PEOPLE)), act


def _do(
    dice: random.Random, actor: Viewer, at: datetime, case_id: int, act: Act, family: list[int], procedure: str
) -> None:
    run, arguments = _ARGUMENTS[act]
    given: dict[str, Any] = arguments(dice, at, family, procedure)
    if act is Act.RECORD_CHECK:
        casework.collect_answers(actor=actor, at=at, case_id=case_id, source=AgreeingSources())
    elif act is Act.OBJECT_TO_CHECK:
        with acting_as(viewer=actor, at=at):
            number = Check.objects.filter(case_id=case_id).values_list("id", flat=True).first() or 0
        casework.object_to_check(actor=actor, at=at, case_id=case_id, check_id=number, words_said="不对")
    else:
        run(actor=actor, at=at, case_id=case_id, **given)


class Pages:
    """The acts as forms: one browser for each person, who has stated today why the family is opened."""

    def __init__(self, family: list[int], clock: Callable[[datetime], None]) -> None:
        self.family, self.clock = family, clock
        self.sent = 0

    def send(self, actor: Viewer, at: datetime, case_id: int, act: Act, given: dict[str, Any]) -> None:
        """This method will send one form; a refusal raises what the operation would have raised."""
        self.clock(at)
        access.state_purpose(actor=actor, at=at, subject=f"registry.person:{self.family[0]}", code="case", note="")
        browser = Client()
        browser.force_login(Account.objects.get(pk=actor.account_id), "django.contrib.auth.backends.ModelBackend")
        answer = browser.post(f"/cases/{case_id}/acts/{act.value}/", _as_form(act, given))
        self.sent += 1
        if answer.status_code == 403:
            raise UnableToAct(viewer=actor, capability=act.value)
        if answer.status_code == 422:
            raise casework.UnableToProceed("refused by the page")
        assert answer.status_code == 302, (act, answer.status_code)
        assert answer["Location"].startswith(f"/cases/{case_id}/"), (act, answer["Location"])


def _as_form(act: Act, given: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends: ticked boxes as on, days as ISO, money in yuan, choices by their codes."""
    sent: dict[str, Any] = {}
    for name, value in given.items():
        if name == "favourable":
            sent[name] = "yes" if value else "no"
        elif isinstance(value, bool):
            sent |= {name: "on"} if value else {}
        elif name == "amount_fen":
            sent["amount"] = f"{value // 100}.{value % 100:02d}"
        elif isinstance(value, list | tuple):
            sent[name] = [str(one) for one in value]
        else:
            sent["text" if act is Act.SUPPLY_PAPERS else name] = value.isoformat() if isinstance(value, date) else value
    if act is Act.GIVE_OPINION:
        sent["scheme"] = "minimum_living_allowance"  # left out by the forms of one benefit
    if act is Act.APPROVE:
        sent["parts"] = "1"  # as the form offers it; left out where the benefit runs by month
    return sent


def _nothing(dice: random.Random, at: datetime, family: list[int], procedure: str) -> dict[str, Any]:
    return {}


def _fixed(**given: Any) -> Callable[..., dict[str, Any]]:
    return lambda dice, at, family, procedure: given


def _authorisation(dice: random.Random, at: datetime, family: list[int], procedure: str) -> dict[str, Any]:
    edition = edition_on(procedure, at.date())
    assert edition is not None
    return {
        "person_ids": family,
        "sources": edition.sources or ("police",),
        "valid_to": at.date() + timedelta(days=dice.choice((1, 300, 300, 300))),
        "signed_how": "paper",
    }


def _visit(dice: random.Random, at: datetime, family: list[int], procedure: str) -> dict[str, Any]:
    return {"visited_date": at.date(), "interviewee": "本人", "observations": "属实", "family_signed": True}


def _opinion(dice: random.Random, at: datetime, family: list[int], procedure: str) -> dict[str, Any]:
    return {"favourable": dice.random() < 0.85, "words_said": "情况属实"}


_ARGUMENTS: dict[Act, tuple[Callable[..., Any], Callable[..., dict[str, Any]]]] = {
    Act.SAVE_DRAFT: (casework.save_draft, _fixed(answers={"application.reason": "生活困难"})),
    Act.AUTHORISE: (casework.authorise, _authorisation),
    Act.SUBMIT: (casework.submit, _fixed(declared_true=True)),
    Act.REQUEST_CORRECTION: (
        casework.request_correction,
        lambda dice, at, family, procedure: {"papers": [dice.choice(list(PAPERS))], "note": ""},
    ),
    Act.ACCEPT: (casework.accept, _nothing),
    Act.RECORD_RELATIVE: (casework.record_relative, _fixed(relation="与经办是表亲")),
    Act.START_INVESTIGATION: (casework.start_investigation, _nothing),
    Act.RECORD_INVESTIGATION: (
        casework.record_investigation,
        lambda *given: _visit(*given) | {"method": "home"},
    ),
    Act.SIGN_INVESTIGATION: (casework.sign_investigation, _nothing),
    Act.REQUEST_CHECK: (casework.request_check, _nothing),
    Act.RECORD_CHECK: (casework.collect_answers, _nothing),
    Act.OBJECT_TO_CHECK: (casework.object_to_check, _nothing),
    Act.GIVE_OPINION: (casework.give_opinion, _opinion),
    Act.PUBLISH_NOTICE: (casework.publish_notice, _fixed(place="公告栏")),
    Act.OBJECT: (casework.record_objection, _fixed(words_said="他家有车")),
    Act.REINVESTIGATE: (casework.reinvestigate, _nothing),
    Act.END_NOTICE: (casework.end_notice, _nothing),
    Act.FORWARD: (casework.forward, _nothing),
    Act.VISIT_BY_COUNTY: (casework.visit_by_county, _visit),
    Act.RETURN: (casework.return_case, _fixed(reason="补充调查")),
    Act.APPROVE: (casework.approve, _fixed(reason="符合条件")),
    Act.REJECT: (casework.reject, _fixed(reason="不符合条件")),
    Act.DELIVER: (casework.deliver, _fixed(how="handed", received_by="本人")),
    Act.TERMINATE: (casework.terminate, _fixed(reason="三次联系不配合")),
    Act.SUSPEND: (casework.suspend, _fixed(reason="住院")),
    Act.RESUME: (casework.resume, _fixed(reason="出院")),
    Act.EXTEND: (casework.extend, _fixed(ground="hard", reason="难以调查")),
    Act.WITHDRAW: (casework.withdraw, _fixed(reason="不申请了")),
    Act.AID_FIRST: (casework.aid_first, _fixed(amount_fen=50_000, reason="急病")),
    Act.SUPPLY_PAPERS: (casework.supply_papers, _fixed(note="补签字")),
    Act.CONFER: (casework.confer, _fixed(agenda="会商", participants="各方", conclusion="继续")),
}
# By the form of its page; a draft has a page of its own, sources answer by a job, a contested check is picked there.
BY_PAGE = frozenset(_ARGUMENTS) - {Act.SAVE_DRAFT, Act.RECORD_CHECK, Act.OBJECT_TO_CHECK}
# Acts that end or delay a case: tried often enough, but not so often that nothing is ever decided.
_RARE = frozenset(
    {Act.TERMINATE, Act.WITHDRAW, Act.SUSPEND, Act.AID_FIRST, Act.REQUEST_CORRECTION, Act.CONFER, Act.RECORD_RELATIVE}
    | {Act.OBJECT, Act.OBJECT_TO_CHECK, Act.REJECT, Act.RETURN}
)

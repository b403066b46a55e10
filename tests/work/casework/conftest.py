"""One family of 青云里 and the people who handle it; everything is done by operations, in their order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from minsheng.config.demo.accounts import STAFF
from minsheng.foundation.access import operations as access
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry.queries.households import household_facts
from minsheng.work.casework import operations as casework
from minsheng.work.casework.checking.asking import Answer, Question
from minsheng.work.casework.types import Origin

FAMILY = 7  # 林阿珍's household: the stories come first, in the order of their files
SCHEME = "minimum_living_allowance"


def viewer_of(role: str, at: datetime) -> Viewer:
    """This function will build the viewer of a demo account, or the system account."""
    username = STAFF[role][0] if role in STAFF else role
    account = Account.objects.get(username=username)
    return get_viewer(account_id=account.pk, name=account.display_name, username=account.username, at=at)


class AgreeingSources:
    """A provider for tests: every source answers at once and agrees with what was declared."""

    def ask(self, question: Question) -> Answer | None:
        """This method will say that nothing is registered."""
        return Answer({}, question.asked_at, 90)


@dataclass
class Office:
    """The desk of a test: who is there, and what day it is."""

    at: datetime

    def __call__(self, role: str) -> Viewer:
        return viewer_of(role, self.at)

    def days(self, number: int) -> None:
        """This method will let days pass."""
        self.at += timedelta(days=number)

    def state_purpose(self, household_id: int = FAMILY) -> None:
        """This method will let everybody state why they open this household today."""
        from minsheng.foundation.access.context import acting_as

        system = self("system")
        with acting_as(viewer=system, at=self.at):
            found = household_facts(viewer=system, household_id=household_id, as_of=self.at.date(), known_at=self.at)
            assert found is not None
            for role in STAFF:
                for person in found.names:
                    access.state_purpose(
                        actor=self(role), at=self.at, subject=f"registry.person:{person}", code="case", note=""
                    )


@pytest.fixture
def office(district: None, at: datetime) -> Office:
    """This fixture will open the office of the demo district on its usual morning."""
    desk = Office(at)
    desk.state_purpose()
    return desk


Step = Callable[[Office, int], object]


def members_of(office: Office, household_id: int = FAMILY) -> list[int]:
    """This function will return the ids of the people of a household."""
    from minsheng.foundation.access.context import acting_as

    system = office("system")
    with acting_as(viewer=system, at=office.at):
        found = household_facts(viewer=system, household_id=household_id, as_of=office.at.date(), known_at=office.at)
    assert found is not None
    return sorted(found.names)


def opened(office: Office) -> int:
    """This function will open the family's case from its finding."""
    return casework.open_case(
        actor=office("street_intake"),
        at=office.at,
        procedure=SCHEME,
        scheme=SCHEME,
        household_id=FAMILY,
        person_id=None,
        origin=Origin.FINDING,
    )


def authorised(office: Office, case_id: int) -> int:
    """This function will let the whole family sign the authorisation."""
    from minsheng.work.casework.procedures import edition_on

    edition = edition_on(SCHEME, office.at.date())
    assert edition is not None
    return casework.authorise(
        actor=office("street_intake"),
        at=office.at,
        case_id=case_id,
        person_ids=members_of(office),
        sources=edition.sources,
        valid_to=office.at.date() + timedelta(days=365),
        signed_how="paper",
    )


def submitted(office: Office, case_id: int) -> None:
    """This function will fill in the reason and hand the application in."""
    casework.save_draft(
        actor=office("street_intake"), at=office.at, case_id=case_id, answers={"application.reason": "失业，妻子重残"}
    )
    casework.submit(actor=office("street_intake"), at=office.at, case_id=case_id, declared_true=True)


def investigated(office: Office, case_id: int) -> None:
    """This function will let two people investigate."""
    casework.record_investigation(
        actor=office("street_intake"),
        at=office.at,
        case_id=case_id,
        method="home",
        visited_date=office.at.date(),
        interviewee="林阿珍",
        observations="家中陈设简单，林阿珍长期卧床",
        family_signed=True,
    )
    casework.sign_investigation(actor=office("community_worker"), at=office.at, case_id=case_id)


def checked(office: Office, case_id: int) -> None:
    """This function will ask the sources and take their answers."""
    casework.request_check(actor=office("street_intake"), at=office.at, case_id=case_id)
    casework.collect_answers(actor=office("system"), at=office.at, case_id=case_id, source=AgreeingSources())


def opined(office: Office, case_id: int) -> None:
    """This function will give a favourable opinion."""
    casework.give_opinion(
        actor=office("street_review"), at=office.at, case_id=case_id, favourable=True, words_said="符合条件，建议批准"
    )


def to_confirmation(office: Office) -> int:
    """This function will lead the family's case to the confirming office by every step of the procedure."""
    case_id = opened(office)
    authorised(office, case_id)
    submitted(office, case_id)
    casework.accept(actor=office("street_intake"), at=office.at, case_id=case_id)
    casework.start_investigation(actor=office("street_intake"), at=office.at, case_id=case_id)
    investigated(office, case_id)
    checked(office, case_id)
    opined(office, case_id)
    casework.publish_notice(actor=office("street_review"), at=office.at, case_id=case_id, place="青荷社区公告栏")
    office.days(8)
    casework.end_notice(actor=office("street_review"), at=office.at, case_id=case_id)
    return case_id

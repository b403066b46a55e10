"""One code from the counter for an invented resident, so that the residents' door can be tried at once."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from minsheng.config.demo.accounts import system_viewer
from minsheng.config.demo.district import read_facts
from minsheng.foundation.access.context import acting_as
from minsheng.portal import operations as portal
from minsheng.portal.types import PrintedCode
from minsheng.records.registry import operations as registry
from minsheng.records.registry.queries.households import members_on
from minsheng.records.registry.types import LookPurpose

STORY = "lin_azhen"


def print_code(*, home: Path, at: datetime) -> PrintedCode:
    """This function will print a code for the head of the worked example's family, as the account that builds demos."""
    builder = system_viewer(at=at)
    clerk = replace(builder, capabilities=builder.capabilities | {"portal.issue_code"})
    household = int(read_facts(folder=home / "twin")["story_ids"][STORY])
    with acting_as(viewer=clerk, at=at):
        seats, _ = members_on(household_id=household, on=at.date())
        head = min(seats, key=lambda person: (seats[person].relation != "head", person))
        registry.state_purpose(actor=clerk, at=at, person_id=head, code=LookPurpose.ENQUIRY.value)
        return portal.issue_code(actor=clerk, at=at, person_id=head, identity_check="id_card")

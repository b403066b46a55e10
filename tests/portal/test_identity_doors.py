"""A door beside the counter's: whoever a provider vouches for, by number and name, and nobody by the stub."""

from dataclasses import dataclass

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.portal import operations
from minsheng.portal.identity import ProvenIdentity, UnableToProveIdentity, provider
from minsheng.portal.scope import system_viewer
from minsheng.records.registry.queries.person import person_card
from portal.conftest import Door

pytestmark = pytest.mark.xdist_group("district")


@dataclass
class Vouching:
    """A provider of the test, which vouches for one person whatever the ticket."""

    identity: ProvenIdentity

    def prove(self, *, ticket: str) -> ProvenIdentity:
        """This method will vouch."""
        return self.identity


def test_number_and_name_together_open_the_household_of_the_person(door: Door, family: list[int]) -> None:
    at = door.office.at
    with acting_as(viewer=system_viewer(at), at=at) as system:
        card = person_card(viewer=system, person_id=family[0], on=at.date(), known_at=at, purpose="")
    assert card.id_number is not None
    right = Vouching(ProvenIdentity(card.id_number, card.name))
    with door.sitting(operations.sign_in_by_identity(provider=right, ticket="t", at=at)) as resident:
        assert (resident.person_id, resident.household_id) == (card.person_id, card.household_id)
    for wrong in (
        ProvenIdentity(card.id_number, "别人"),
        ProvenIdentity("", card.name),
        ProvenIdentity("滕", card.name),
    ):
        with pytest.raises(operations.UnableToSignIn):
            operations.sign_in_by_identity(provider=Vouching(wrong), ticket="t", at=at)


def test_the_stub_vouches_for_nobody_and_says_what_to_do(door: Door) -> None:
    with pytest.raises(UnableToProveIdentity, match="12 位数字"):
        operations.sign_in_by_identity(provider=provider(), ticket="anything", at=door.office.at)

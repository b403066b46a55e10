"""Every (status, act) pair: allowed exactly as this second table says, refused with a sentence otherwise."""

import pytest

from minsheng.work.casework.rules.transitions import (
    CAPABILITY,
    OF_THE_CONFIRMER,
    TRANSITIONS,
    possible_acts,
    status_after,
)
from minsheng.work.casework.types import Act, Status

# Written by hand beside the rules, per status: what may be done and where it leads ("" stays).
ALWAYS = "explain_delay hand_over confer refer answer_referral name_proxy end_proxy"
EXPECTED: dict[str, dict[str, str]] = {
    "draft": {
        "enter_account": "",
        "save_draft": "",
        "authorise": "",
        "revoke_authorisation": "",
        "submit": "submitted",
        "withdraw": "withdrawn",
    },
    "submitted": {
        "enter_account": "",
        "authorise": "",
        "revoke_authorisation": "",
        "request_correction": "correction",
        "accept": "accepted",
        "record_relative": "",
        "withdraw": "withdrawn",
    },
    "correction": {
        "enter_account": "",
        "save_draft": "",
        "authorise": "",
        "revoke_authorisation": "",
        "submit": "submitted",
        "terminate": "terminated",
        "withdraw": "withdrawn",
    },
    "accepted": {
        "enter_account": "",
        "authorise": "",
        "revoke_authorisation": "",
        "record_relative": "",
        "aid_first": "aided",
        "start_investigation": "investigating",
        "request_check": "",
        "record_check": "",
        "object_to_check": "",
        "give_opinion": "opined",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "aided": {"authorise": "", "revoke_authorisation": "", "supply_papers": "closed"},
    "investigating": {
        "enter_account": "",
        "authorise": "",
        "revoke_authorisation": "",
        "record_relative": "",
        "record_investigation": "",
        "sign_investigation": "",
        "request_check": "",
        "record_check": "",
        "object_to_check": "",
        "give_opinion": "opined",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "opined": {
        "enter_account": "",
        "record_relative": "",
        "publish_notice": "noticed",
        "forward": "confirming",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "noticed": {
        "enter_account": "",
        "record_relative": "",
        "object": "objected",
        "end_notice": "confirming",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "objected": {
        "enter_account": "",
        "object": "",
        "reinvestigate": "investigating",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "confirming": {
        "enter_account": "",
        "record_relative": "",
        "visit_by_county": "",
        "return": "investigating",
        "approve": "approved",
        "reject": "rejected",
        "terminate": "terminated",
        "suspend": "suspended",
        "extend": "",
        "withdraw": "withdrawn",
    },
    "approved": {"deliver": "paying", "appeal": "", "settle_appeal": ""},
    "rejected": {"deliver": "closed", "appeal": "", "settle_appeal": ""},
    "paying": {
        "begin_review": "reviewing",
        "propose_adjustment": "proposed",
        "close": "closed",
        "appeal": "",
        "settle_appeal": "",
    },
    "reviewing": {"record_review": "paying", "propose_adjustment": "proposed", "appeal": "", "settle_appeal": ""},
    "proposed": {
        "hear": "heard",
        "decide_adjustment": "adjusted",
        "drop_proposal": "paying",
        "appeal": "",
        "settle_appeal": "",
    },
    "heard": {"decide_adjustment": "adjusted", "drop_proposal": "paying", "appeal": "", "settle_appeal": ""},
    "adjusted": {"notify_adjustment": "paying", "appeal": "", "settle_appeal": ""},
    "gradual_exit": {"close": "closed", "appeal": "", "settle_appeal": ""},
    "suspended": {"resume": "", "withdraw": "withdrawn"},
    "terminated": {"appeal": "", "settle_appeal": ""},
    "withdrawn": {},
    "closed": {"appeal": "", "settle_appeal": ""},
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("act", list(Act))
def test_every_pair(status: Status, act: Act) -> None:
    wanted = dict(EXPECTED[status.value])
    if not status.ended:
        wanted |= dict.fromkeys(ALWAYS.split(), "")
    expected = (wanted[act.value] or status.value) if act.value in wanted else None
    assert status_after(status, act) == expected


def test_a_running_benefit_does_not_end_without_a_proposal() -> None:
    """The only ways out of paying: a proposal, a review, or a term of validity that has run out."""
    assert {act for act in possible_acts(Status.PAYING) if status_after(Status.PAYING, act) is not Status.PAYING} == {
        Act.BEGIN_REVIEW,
        Act.PROPOSE_ADJUSTMENT,
        Act.CLOSE,
    }


def test_only_confirmation_leads_to_approved() -> None:
    ways = [pair for pair, to in TRANSITIONS.items() if to is Status.APPROVED and pair[0] is not to]
    assert ways == [(Status.CONFIRMING, Act.APPROVE)]


def test_every_act_has_one_capability() -> None:
    assert set(CAPABILITY) | OF_THE_CONFIRMER == set(Act)
    assert not set(CAPABILITY) & OF_THE_CONFIRMER

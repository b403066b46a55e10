"""Which act is possible in which status, and where it leads; who may do it. Tables, read by one function each."""

from collections.abc import Mapping

from minsheng.work.casework.types import UNDECIDED, Act, Status

S, A = Status, Act
_IN_OFFICE = tuple(UNDECIDED - {S.SUBMITTED, S.CORRECTION})
_ALIVE = tuple(s for s in Status if not s.ended)
_RUNNING = (S.PAYING, S.REVIEWING)
_AFTER_DECISION = (S.APPROVED, S.REJECTED, S.PAYING, S.REVIEWING, S.PROPOSED, S.HEARD, S.ADJUSTED, S.GRADUAL_EXIT)


def _each(statuses: tuple[Status, ...], act: Act, to: Status | None = None) -> dict[tuple[Status, Act], Status]:
    """An act from many statuses: to one, or, without `to`, staying where it is."""
    return {(status, act): to or status for status in statuses}


# (status, act) -> status. RESUME goes back to where the case was suspended: the operation puts that status in.
# Not in this table, not possible; `tests/work/casework/test_transitions.py` walks every pair.
TRANSITIONS: Mapping[tuple[Status, Act], Status] = {
    (S.DRAFT, A.SAVE_DRAFT): S.DRAFT,
    (S.CORRECTION, A.SAVE_DRAFT): S.CORRECTION,
    **_each((S.DRAFT, S.CORRECTION, S.SUBMITTED, S.ACCEPTED, S.INVESTIGATING, S.AIDED), A.AUTHORISE),
    **_each((S.DRAFT, S.CORRECTION, S.SUBMITTED, S.ACCEPTED, S.INVESTIGATING, S.AIDED), A.REVOKE_AUTHORISATION),
    **_each((S.DRAFT, *UNDECIDED), A.ENTER_ACCOUNT),
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.CORRECTION, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.REQUEST_CORRECTION): S.CORRECTION,
    (S.SUBMITTED, A.ACCEPT): S.ACCEPTED,
    **_each((S.SUBMITTED, S.ACCEPTED, S.INVESTIGATING, S.OPINED, S.NOTICED, S.CONFIRMING), A.RECORD_RELATIVE),
    (S.ACCEPTED, A.AID_FIRST): S.AIDED,
    (S.AIDED, A.SUPPLY_PAPERS): S.CLOSED,
    (S.ACCEPTED, A.START_INVESTIGATION): S.INVESTIGATING,
    **_each((S.INVESTIGATING,), A.RECORD_INVESTIGATION),
    **_each((S.INVESTIGATING,), A.SIGN_INVESTIGATION),
    **_each((S.ACCEPTED, S.INVESTIGATING), A.REQUEST_CHECK),
    **_each((S.ACCEPTED, S.INVESTIGATING), A.RECORD_CHECK),
    **_each((S.ACCEPTED, S.INVESTIGATING), A.OBJECT_TO_CHECK),
    **_each((S.ACCEPTED, S.INVESTIGATING), A.GIVE_OPINION, S.OPINED),
    (S.OPINED, A.PUBLISH_NOTICE): S.NOTICED,
    (S.NOTICED, A.OBJECT): S.OBJECTED,
    (S.OBJECTED, A.OBJECT): S.OBJECTED,
    (S.OBJECTED, A.REINVESTIGATE): S.INVESTIGATING,
    (S.NOTICED, A.END_NOTICE): S.CONFIRMING,
    (S.OPINED, A.FORWARD): S.CONFIRMING,
    **_each((S.CONFIRMING,), A.VISIT_BY_COUNTY),
    (S.CONFIRMING, A.RETURN): S.INVESTIGATING,
    (S.CONFIRMING, A.APPROVE): S.APPROVED,
    (S.CONFIRMING, A.REJECT): S.REJECTED,
    (S.APPROVED, A.DELIVER): S.PAYING,
    (S.REJECTED, A.DELIVER): S.CLOSED,
    (S.PAYING, A.BEGIN_REVIEW): S.REVIEWING,
    (S.REVIEWING, A.RECORD_REVIEW): S.PAYING,
    **_each(_RUNNING, A.PROPOSE_ADJUSTMENT, S.PROPOSED),
    (S.PROPOSED, A.HEAR): S.HEARD,
    (S.PROPOSED, A.DECIDE_ADJUSTMENT): S.ADJUSTED,
    (S.HEARD, A.DECIDE_ADJUSTMENT): S.ADJUSTED,
    **_each((S.PROPOSED, S.HEARD), A.DROP_PROPOSAL, S.PAYING),
    (S.ADJUSTED, A.NOTIFY_ADJUSTMENT): S.PAYING,
    (S.GRADUAL_EXIT, A.CLOSE): S.CLOSED,
    **_each((S.PAYING,), A.CLOSE, S.CLOSED),
    **_each((S.CORRECTION, *_IN_OFFICE), A.TERMINATE, S.TERMINATED),
    **_each(_IN_OFFICE, A.SUSPEND, S.SUSPENDED),
    (S.SUSPENDED, A.RESUME): S.SUSPENDED,
    **_each(_IN_OFFICE, A.EXTEND),
    **_each(_ALIVE, A.EXPLAIN_DELAY),
    **_each(
        (S.DRAFT, S.CORRECTION, S.SUSPENDED, *(s for s in UNDECIDED if s is not S.CORRECTION)), A.WITHDRAW, S.WITHDRAWN
    ),
    **_each((*_AFTER_DECISION, S.CLOSED, S.TERMINATED), A.APPEAL),
    **_each((*_AFTER_DECISION, S.CLOSED, S.TERMINATED), A.SETTLE_APPEAL),
    **_each(_ALIVE, A.HAND_OVER),
    **_each(_ALIVE, A.CONFER),
    **_each(_ALIVE, A.REFER),
    **_each(_ALIVE, A.ANSWER_REFERRAL),
    **_each(_ALIVE, A.NAME_PROXY),
    **_each(_ALIVE, A.END_PROXY),
}
# Which capability an act needs, except for the acts of whoever confirms.
CAPABILITY: Mapping[Act, str] = {
    A.OPEN: "casework.draft",
    A.SAVE_DRAFT: "casework.draft",
    A.AUTHORISE: "casework.draft",
    A.REVOKE_AUTHORISATION: "casework.draft",
    A.ENTER_ACCOUNT: "casework.draft",
    A.SUBMIT: "casework.draft",
    A.WITHDRAW: "casework.draft",
    A.NAME_PROXY: "casework.draft",
    A.END_PROXY: "casework.draft",
    A.REQUEST_CORRECTION: "casework.intake",
    A.ACCEPT: "casework.intake",
    A.RECORD_RELATIVE: "casework.intake",
    A.START_INVESTIGATION: "casework.intake",
    A.REQUEST_CHECK: "casework.intake",
    A.OBJECT_TO_CHECK: "casework.intake",
    A.REINVESTIGATE: "casework.intake",
    A.SUPPLY_PAPERS: "casework.intake",
    A.DELIVER: "casework.intake",
    A.NOTIFY_ADJUSTMENT: "casework.intake",
    A.BEGIN_REVIEW: "casework.intake",
    A.RECORD_REVIEW: "casework.intake",
    A.PROPOSE_ADJUSTMENT: "casework.intake",
    A.DROP_PROPOSAL: "casework.review",
    A.HEAR: "casework.intake",
    A.CLOSE: "casework.intake",
    A.RECORD_INVESTIGATION: "casework.investigate",
    A.SIGN_INVESTIGATION: "casework.investigate",
    A.RECORD_CHECK: "casework.check",
    A.GIVE_OPINION: "casework.review",
    A.PUBLISH_NOTICE: "casework.review",
    A.END_NOTICE: "casework.review",
    A.FORWARD: "casework.review",
    A.OBJECT: "casework.hear_objection",
    A.TERMINATE: "casework.review",
    A.SUSPEND: "casework.review",
    A.RESUME: "casework.review",
    A.EXTEND: "casework.review",
    A.VISIT_BY_COUNTY: "casework.visit_by_county",
    A.AID_FIRST: "casework.aid_first",
    A.EXPLAIN_DELAY: "casework.work",
    A.APPEAL: "casework.work",
    A.SETTLE_APPEAL: "casework.work",
    A.HAND_OVER: "casework.work",
    A.CONFER: "casework.work",
    A.REFER: "casework.work",
    A.ANSWER_REFERRAL: "casework.work",
}
# They belong to the bureau, or to the street where the power is delegated (社会救助法 Art 44).
OF_THE_CONFIRMER = frozenset({A.RETURN, A.APPROVE, A.REJECT, A.DECIDE_ADJUSTMENT})


def capability_of(act: Act, *, delegated: bool) -> str:
    """This function will return the capability that an act needs."""
    if act in OF_THE_CONFIRMER:
        return "casework.confirm_street" if delegated else "casework.confirm_district"
    return CAPABILITY[act]


def status_after(status: Status, act: Act) -> Status | None:
    """This function will return the status that follows, or None where the act is not possible."""
    return TRANSITIONS.get((status, act))


def possible_acts(status: Status) -> list[Act]:
    """This function will return the acts that the status allows, in the order of the procedure."""
    return [act for act in Act if (status, act) in TRANSITIONS]

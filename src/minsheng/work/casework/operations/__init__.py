"""What may be done to a case; one operation each, checked against `rules.transitions` and `requirements`."""

from minsheng.work.casework.acting import UnableToFindCase, UnableToProceed
from minsheng.work.casework.operations.checking import collect_answers, object_to_check, record_check, request_check
from minsheng.work.casework.operations.deciding import approve, deliver, reject, replay_decision
from minsheng.work.casework.operations.investigating import (
    record_investigation,
    sign_investigation,
    start_investigation,
    visit_by_county,
)
from minsheng.work.casework.operations.opening import (
    accept,
    authorise,
    open_case,
    record_relative,
    request_correction,
    save_draft,
    set_delegation,
    submit,
    withdraw,
)
from minsheng.work.casework.operations.opining import (
    UnableToFindNotice,
    end_notice,
    forward,
    give_opinion,
    lodge_objection,
    publish_notice,
    record_objection,
    reinvestigate,
    return_case,
)
from minsheng.work.casework.operations.side import explain_delay, extend, hand_over, resume, suspend, terminate

__all__ = [
    "UnableToFindCase",
    "UnableToFindNotice",
    "UnableToProceed",
    "accept",
    "approve",
    "authorise",
    "collect_answers",
    "deliver",
    "end_notice",
    "explain_delay",
    "extend",
    "forward",
    "give_opinion",
    "hand_over",
    "lodge_objection",
    "object_to_check",
    "open_case",
    "publish_notice",
    "record_check",
    "record_investigation",
    "record_objection",
    "record_relative",
    "reinvestigate",
    "reject",
    "replay_decision",
    "request_check",
    "request_correction",
    "resume",
    "return_case",
    "save_draft",
    "set_delegation",
    "sign_investigation",
    "start_investigation",
    "submit",
    "suspend",
    "terminate",
    "visit_by_county",
    "withdraw",
]

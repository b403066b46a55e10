"""What may be done to a case; one operation each, checked against `rules.transitions` and `requirements`."""

from minsheng.work.casework.acting import UnableToFindCase, UnableToProceed
from minsheng.work.casework.operations.accounts import enter_account
from minsheng.work.casework.operations.alliance import admit_member, end_member
from minsheng.work.casework.operations.checking import (
    collect_answers,
    object_to_check,
    record_check,
    request_check,
    revoke_authorisation,
)
from minsheng.work.casework.operations.continuing import (
    begin_review,
    close,
    decide_adjustment,
    drop_proposal,
    hear,
    notify_adjustment,
    propose_adjustment,
    record_review,
)
from minsheng.work.casework.operations.deciding import approve, deliver, reject, replay_decision
from minsheng.work.casework.operations.investigating import (
    record_investigation,
    sign_investigation,
    start_investigation,
    visit_by_county,
)
from minsheng.work.casework.operations.joint import UnableToFindJoint, act_on_parts, open_joint
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
from minsheng.work.casework.operations.overdue import raise_overdue
from minsheng.work.casework.operations.proxies import end_proxy, name_proxy
from minsheng.work.casework.operations.referring import answer_joint_referral, answer_referral, refer
from minsheng.work.casework.operations.side import (
    appeal,
    confer,
    explain_delay,
    extend,
    hand_over,
    resume,
    settle_appeal,
    suspend,
    terminate,
)
from minsheng.work.casework.operations.urgent import aid_first, supply_papers

__all__ = [
    "UnableToFindCase",
    "UnableToFindJoint",
    "UnableToFindNotice",
    "UnableToProceed",
    "accept",
    "act_on_parts",
    "admit_member",
    "aid_first",
    "answer_joint_referral",
    "answer_referral",
    "appeal",
    "approve",
    "authorise",
    "begin_review",
    "close",
    "collect_answers",
    "confer",
    "decide_adjustment",
    "deliver",
    "drop_proposal",
    "end_member",
    "end_notice",
    "end_proxy",
    "enter_account",
    "explain_delay",
    "extend",
    "forward",
    "give_opinion",
    "hand_over",
    "hear",
    "lodge_objection",
    "name_proxy",
    "notify_adjustment",
    "object_to_check",
    "open_case",
    "open_joint",
    "propose_adjustment",
    "publish_notice",
    "raise_overdue",
    "record_check",
    "record_investigation",
    "record_objection",
    "record_relative",
    "record_review",
    "refer",
    "reinvestigate",
    "reject",
    "replay_decision",
    "request_check",
    "request_correction",
    "resume",
    "return_case",
    "revoke_authorisation",
    "save_draft",
    "set_delegation",
    "settle_appeal",
    "sign_investigation",
    "start_investigation",
    "submit",
    "supply_papers",
    "suspend",
    "terminate",
    "visit_by_county",
    "withdraw",
]

"""Codes of casework with their labels; other rooms take them from `types`. Pure."""

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands (reference §2.2). `data_checked` of the law is a condition here: every check is settled."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    AIDED = "aided"
    INVESTIGATING = "investigating"
    OPINED = "opined"
    NOTICED = "noticed"
    OBJECTED = "objected"
    CONFIRMING = "confirming"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAYING = "paying"
    REVIEWING = "reviewing"
    PROPOSED = "proposed"
    HEARD = "heard"
    ADJUSTED = "adjusted"
    GRADUAL_EXIT = "gradual_exit"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]

    @property
    def ended(self) -> bool:
        return self in ENDED


_STATUS_LABELS = {
    Status.DRAFT: "草稿",
    Status.SUBMITTED: "待受理",
    Status.CORRECTION: "待补正",
    Status.ACCEPTED: "已受理",
    Status.AIDED: "已先行救助",
    Status.INVESTIGATING: "调查核对中",
    Status.OPINED: "已有初步意见",
    Status.NOTICED: "公示中",
    Status.OBJECTED: "公示有异议",
    Status.CONFIRMING: "待确认",
    Status.APPROVED: "已批准，待送达",
    Status.REJECTED: "未批准，待送达",
    Status.PAYING: "保障中",
    Status.REVIEWING: "复核中",
    Status.PROPOSED: "拟调整，待听取意见",
    Status.HEARD: "已听取意见",
    Status.ADJUSTED: "已决定调整，待送达",
    Status.GRADUAL_EXIT: "渐退期",
    Status.SUSPENDED: "中止",
    Status.TERMINATED: "终止（不配合）",
    Status.WITHDRAWN: "已撤回",
    Status.CLOSED: "已结案",
}
ENDED = frozenset({Status.TERMINATED, Status.WITHDRAWN, Status.CLOSED})
# Before a decision: here the applicant may withdraw, the office may suspend, and the limits of the procedure run.
UNDECIDED = frozenset(
    {
        Status.SUBMITTED,
        Status.CORRECTION,
        Status.ACCEPTED,
        Status.INVESTIGATING,
        Status.OPINED,
        Status.NOTICED,
        Status.OBJECTED,
        Status.CONFIRMING,
    }
)


class Act(StrEnum):
    """What may be done to a case; one operation each."""

    OPEN = "open"
    SAVE_DRAFT = "save_draft"
    AUTHORISE = "authorise"
    REVOKE_AUTHORISATION = "revoke_authorisation"
    ENTER_ACCOUNT = "enter_account"
    SUBMIT = "submit"
    REQUEST_CORRECTION = "request_correction"
    ACCEPT = "accept"
    RECORD_RELATIVE = "record_relative"
    AID_FIRST = "aid_first"
    SUPPLY_PAPERS = "supply_papers"
    START_INVESTIGATION = "start_investigation"
    RECORD_INVESTIGATION = "record_investigation"
    SIGN_INVESTIGATION = "sign_investigation"
    REQUEST_CHECK = "request_check"
    RECORD_CHECK = "record_check"
    OBJECT_TO_CHECK = "object_to_check"
    GIVE_OPINION = "give_opinion"
    PUBLISH_NOTICE = "publish_notice"
    OBJECT = "object"
    REINVESTIGATE = "reinvestigate"
    END_NOTICE = "end_notice"
    FORWARD = "forward"
    VISIT_BY_COUNTY = "visit_by_county"
    RETURN = "return"
    APPROVE = "approve"
    REJECT = "reject"
    DELIVER = "deliver"
    BEGIN_REVIEW = "begin_review"
    RECORD_REVIEW = "record_review"
    PROPOSE_ADJUSTMENT = "propose_adjustment"
    HEAR = "hear"
    DECIDE_ADJUSTMENT = "decide_adjustment"
    DROP_PROPOSAL = "drop_proposal"
    NOTIFY_ADJUSTMENT = "notify_adjustment"
    TERMINATE = "terminate"
    SUSPEND = "suspend"
    RESUME = "resume"
    EXTEND = "extend"
    EXPLAIN_DELAY = "explain_delay"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    APPEAL = "appeal"
    SETTLE_APPEAL = "settle_appeal"
    HAND_OVER = "hand_over"
    CONFER = "confer"
    REFER = "refer"
    ANSWER_REFERRAL = "answer_referral"
    NAME_PROXY = "name_proxy"
    END_PROXY = "end_proxy"

    @property
    def label(self) -> str:
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.OPEN: "立案预填",
    Act.SAVE_DRAFT: "保存草稿",
    Act.AUTHORISE: "签核对授权",
    Act.REVOKE_AUTHORISATION: "撤回核对授权",
    Act.ENTER_ACCOUNT: "登记收款账户",
    Act.SUBMIT: "提交申请",
    Act.REQUEST_CORRECTION: "一次性告知补正",
    Act.ACCEPT: "受理",
    Act.RECORD_RELATIVE: "登记近亲属备案",
    Act.AID_FIRST: "先行救助",
    Act.SUPPLY_PAPERS: "补齐手续",
    Act.START_INVESTIGATION: "启动入户调查",
    Act.RECORD_INVESTIGATION: "登记调查情况",
    Act.SIGN_INVESTIGATION: "第二调查人签字",
    Act.REQUEST_CHECK: "提请经济状况核对",
    Act.RECORD_CHECK: "登记核对结果",
    Act.OBJECT_TO_CHECK: "对核对结果提出异议",
    Act.GIVE_OPINION: "出具初步意见",
    Act.PUBLISH_NOTICE: "张贴公示",
    Act.OBJECT: "提出公示异议",
    Act.REINVESTIGATE: "重新调查",
    Act.END_NOTICE: "公示期满，报请确认",
    Act.FORWARD: "报请确认",
    Act.VISIT_BY_COUNTY: "区级入户",
    Act.RETURN: "退回补充调查",
    Act.APPROVE: "批准",
    Act.REJECT: "不予批准",
    Act.DELIVER: "送达决定",
    Act.BEGIN_REVIEW: "开始定期复核",
    Act.RECORD_REVIEW: "复核无变化",
    Act.PROPOSE_ADJUSTMENT: "拟调整或停发",
    Act.HEAR: "听取本人意见",
    Act.DECIDE_ADJUSTMENT: "决定调整",
    Act.DROP_PROPOSAL: "不调整",
    Act.NOTIFY_ADJUSTMENT: "送达调整决定",
    Act.TERMINATE: "终止（不配合）",
    Act.SUSPEND: "中止",
    Act.RESUME: "恢复办理",
    Act.EXTEND: "延长期限",
    Act.EXPLAIN_DELAY: "写明超期原因",
    Act.CLOSE: "结案",
    Act.WITHDRAW: "撤回申请",
    Act.APPEAL: "登记复议或诉讼",
    Act.SETTLE_APPEAL: "登记复议或诉讼结果",
    Act.HAND_OVER: "移交",
    Act.CONFER: "个案会商",
    Act.REFER: "转介",
    Act.ANSWER_REFERRAL: "登记转介反馈",
    Act.NAME_PROXY: "登记代办人",
    Act.END_PROXY: "撤回代办",
}


class Origin(StrEnum):
    """How a case came about."""

    FINDING = "finding"
    APPLICATION = "application"

    @property
    def label(self) -> str:
        return {"finding": "主动发现", "application": "本人申请"}[self.value]


class CheckState(StrEnum):
    """What became of one question to one source."""

    ASKED = "asked"
    HIT = "hit"
    MISS = "miss"
    LATE = "late"
    CONTRADICTORY = "contradictory"
    OBJECTED = "objected"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        return {
            "asked": "已发出，等待反馈",
            "hit": "有登记，与申报一致",
            "miss": "没有登记",
            "late": "逾期未反馈",
            "contradictory": "与申报不一致",
            "objected": "本人有异议，待复查",
            "replaced": "已由复查结果代替",
        }[self.value]

    @property
    def settled(self) -> bool:
        return self in (CheckState.HIT, CheckState.MISS, CheckState.CONTRADICTORY, CheckState.REPLACED)


class Outcome(StrEnum):
    """What a decision says."""

    GRANT = "grant"
    REFUSE = "refuse"
    ADVANCE = "advance"
    INCREASE = "increase"
    REDUCE = "reduce"
    END = "end"
    GRADUAL_EXIT = "gradual_exit"

    @property
    def label(self) -> str:
        return {
            "grant": "批准",
            "refuse": "不予批准",
            "advance": "先行救助",
            "increase": "增发",
            "reduce": "减发",
            "end": "停发",
            "gradual_exit": "渐退",
        }[self.value]


REDUCING = frozenset({Outcome.REDUCE, Outcome.END, Outcome.GRADUAL_EXIT})


class ProxyBasis(StrEnum):
    """On what somebody acts for an applicant (民法典 Art 27-28, 165)."""

    GUARDIAN = "guardian"
    ENTRUSTED = "entrusted"
    COMMUNITY = "community"

    @property
    def label(self) -> str:
        return {"guardian": "监护", "entrusted": "书面委托", "community": "村（社区）代办"}[self.value]


class ProxyScope(StrEnum):
    """What a proxy may do for the applicant; everything else is the applicant's own."""

    APPLY = "apply"
    SPEAK = "speak"
    RECEIVE = "receive"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        return {
            "apply": "填表、提交申请",
            "speak": "陈述意见、提出异议",
            "receive": "签收文书",
            "withdraw": "撤回申请",
        }[self.value]

"""Whom a need may be handed to: the eight kinds of assistance and social forces (“1+8+X”)."""

from collections.abc import Mapping

from minsheng.foundation.calendars.types import WorkingDays

# 1 = the assistance platform itself; 8 = the kinds of 社会救助暂行办法 ch. 2-9; X = social forces.
PARTNERS: Mapping[str, str] = {
    "medical": "医疗救助（医保）",
    "education": "教育救助（教育）",
    "housing": "住房救助（住建）",
    "employment": "就业救助（人社）",
    "disaster": "受灾人员救助（应急）",
    "federation": "残疾人康复、就业（残联）",
    "care": "照护、关爱服务（民政、服务机构）",
    "charity": "慈善帮扶（慈善总会）",
    "social_work": "社会工作服务（街道社工站）",
    "volunteers": "志愿服务（助联体）",
    "legal_aid": "法律援助（司法行政）",
}
# 街道救助服务联合体 (plan III.3): who its members are, reference §2.7.
MEMBER_NATURES: Mapping[str, str] = {
    "government": "政府部门、事业单位",
    "social": "社会组织",
    "charity": "慈善组织",
    "volunteers": "志愿者队伍",
    "enterprise": "企业",
}
APPEAL_KINDS: Mapping[str, str] = {"reconsideration": "行政复议", "lawsuit": "行政诉讼", "complaint": "信访、申诉"}
APPEAL_RESULTS: Mapping[str, str] = {
    "upheld": "维持",
    "changed": "变更",
    "revoked": "撤销，责令重作",
    "withdrawn": "本人撤回",
}
REFERRAL_OUTCOMES: Mapping[str, str] = {
    "helped": "已给予帮助",
    "refused": "不符合条件",
    "passed_on": "已转其他单位",
}
# 演示参数: 救助法 Art 42 has other departments recognise what was confirmed; no article names days for their answer.
_ANSWER_WITHIN, _AT_ONCE = WorkingDays(10), {"disaster": WorkingDays(2)}


def answer_within(partner: str) -> WorkingDays:
    """This function will return within how many working days a partner's answer is expected."""
    return _AT_ONCE.get(partner, _ANSWER_WITHIN)

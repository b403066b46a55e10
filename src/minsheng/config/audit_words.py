"""Codes of acts in words, for the auditor's page: room, thing and verb of `registry.person_opened`."""

from minsheng.records.registry.codes import LookPurpose

ROOMS = {
    "registry": "登记库", "imports": "导入", "places": "区划", "calendars": "工作日历", "eligibility": "资格",
    "publishing": "政策发布", "missed": "漏享", "whatif": "试算", "casework": "办件", "payments": "发放",
    "visits": "走访", "portal": "居民", "cockpit": "规划", "exchange": "交换", "access": "授权", "accounts": "账号",
    "entrance": "登录", "catalogue": "数据目录", "privacy": "个人信息权利", "evidence": "证据",
    "exports": "导出",
}  # fmt: skip
NOUNS = {
    "person": "人员", "persons": "人员", "people": "人员名单", "household": "家庭", "member": "家庭成员",
    "relation": "亲属关系", "fact": "情况", "dwelling": "住处", "thing": "设施", "organisation": "机构",
    "death": "去世", "id_number": "证件号", "phone": "电话", "duplicates": "可能重复的人",
    "hidden_duplicate": "辖区外的重复", "table": "表", "rows": "行", "row": "行", "errors": "错误清单",
    "boundaries": "边界", "units": "区划", "reference": "基础数据", "year": "年度安排", "findings": "发现清单",
    "snapshot": "快照", "receipts": "领取记录", "effects": "影响清单", "budget": "预算", "report": "报告",
    "reason": "原因", "list": "名单", "decision": "决定", "delegation": "委托", "overdue": "逾期",
    "source": "核对来源", "account": "收款账户", "payee": "领款人", "grant": "发放", "grants": "发放",
    "run": "发放批次", "lines": "明细", "file": "银行文件", "answers": "银行回执", "posting": "记账",
    "recovery": "追回", "repayment": "退款", "difference": "多发少发", "check": "核查", "follow_up": "待跟进",
    "sample": "抽查", "float": "备用金", "float_ceiling": "备用金限额", "float_count": "备用金盘点", "signal": "线索",
    "signals": "线索", "rhythm": "走访间隔", "refusal_end": "不愿见的期限", "offer": "免申即享", "reply": "答复",
    "concern": "来言", "code": "居民码", "happiness_code": "幸福码", "plan": "规划", "value": "数值",
    "figures": "数值", "project": "项目", "statement": "规划说法", "self_check": "自查", "partner": "对接单位",
    "key": "密钥", "message": "消息", "purpose": "用途", "request": "权利申请", "consent": "同意", "hold": "留存令",
    "purge": "到期清理", "duty": "值班", "factor": "验证方式", "session": "登录", "hold_end": "留存令的解除",
    "own_data": "自己的资料", "label": "保护级别", "label_lowering": "调低保护级别", "labelling": "保护级别的变更",
}  # fmt: skip
VERBS = {
    "opened": "打开", "created": "新建", "corrected": "更正", "moved": "迁移", "merged": "合并", "unmerged": "拆分",
    "registered": "登记", "recorded": "记录", "retracted": "撤回", "revealed": "看完整号码", "listed": "查看清单",
    "hit": "碰到", "added": "增加", "removed": "移除", "loaded": "装入", "staged": "暂存", "applied": "生效",
    "undone": "撤销", "discarded": "作废", "exported": "导出", "seen": "查看", "decided": "决定", "entered": "录入",
    "taken": "生成", "asked": "提请", "evaluated": "计算", "noted": "记下", "kept": "保存", "raised": "提醒",
    "replayed": "重算", "set": "设定", "proposed": "提出", "approved": "批准", "changed": "变更", "needed": "待定",
    "ended": "终止", "held": "暂停", "resumed": "恢复", "compiled": "编制", "locked": "锁定", "signed": "签字",
    "released": "放款", "returned": "退回", "settled": "结清", "sent": "发出", "paid": "支付", "received": "收到",
    "booked": "入账", "reversed": "冲正", "eased": "放宽", "found": "发现", "closed": "关闭", "drawn": "抽取",
    "answered": "答复", "filled": "补足", "counted": "盘点", "confirmed": "确认", "withdrawn": "撤回",
    "scored": "评分", "planned": "安排", "met": "见到", "accepted": "同意", "declined": "婉拒", "issued": "发出",
    "revoked": "作废", "refused": "拒绝", "imported": "导入", "given_up": "放弃", "reported": "填报",
    "rechecked": "复核", "sent_back": "退回", "in": "登录", "up": "接手", "given": "给出", "done": "完成",
    "stated": "说明", "begun": "开始", "signed_in": "登录", "measured": "量数据质量", "prepared": "备好",
    "lowered": "调低", "purged": "过期删除", "traced": "追查",
}  # fmt: skip
# Acts of one word, and things that are called otherwise in their room.
WHOLE = {
    "registry.label_raised": "保护级别：调高",
    "visits.not_met": "没见到", "visits.fine": "没有问题", "visits.referred": "转介", "visits.helped": "当场帮忙",
    "visits.escalated": "上报街道", "visits.to_meet": "要见面", "visits.moved_away": "已搬走",
    "visits.take_up": "接手", "visits.hand_over": "交接", "visits.settle": "了结", "visits.moved": "已搬走",
    "access.grant_proposed": "岗位：提出", "access.grant_approved": "岗位：批准", "access.grant_ended": "岗位：终止",
    "exports.list_taken": "名单：取走表格",
    "eligibility.evaluated": "逐户计算", "casework.decision_replayed": "决定：重算",
    "cockpit.plan_in_force": "规划：启用", "cockpit.name_linked": "规划：对上名称",
    "cockpit.occasion_recorded": "汇报和会议：登记",
    "entrance.password_set": "换密码", "entrance.refused": "没能登录",
    "payments.release_repeated": "放款：又点了一次，没有重出",
    "casework.joint_opened": "联办：开立", "casework.joint_acted": "联办：一起办一步",
    "casework.joint_referral_answered": "联办：登记转介反馈",
    "casework.member_admitted": "助联体：加入成员", "casework.member_ended": "助联体：成员退出",
}  # fmt: skip
THINGS = {
    "several": "多份", "none": "没有相符的",
    "district": "全区", "plan": "计划", "households": "家庭", "search": "查找", "duplicates": "查重", "self": "本机",
    "all": "全部", "batch": "一批", "missed": "漏享报告",
}  # fmt: skip
PURPOSES = {one.value: one.label for one in LookPurpose}
AUDIT_WORDS = {
    "rooms": ROOMS, "nouns": NOUNS, "verbs": VERBS, "whole": WHOLE, "things": THINGS, "purposes": PURPOSES
}  # fmt: skip

"""The sensitive acts: each asks for a second factor proved within the last five minutes (ASVS 7.5.3).

One list, by the name of the address. A test walks all addresses: whatever is guarded by one of `SENSITIVE_CAPABILITIES`
and writes must stand here, and every line is tried with a stale sign-in.
"""

from minsheng.foundation.entrance.types import SensitiveAct

_ACTS = (
    SensitiveAct("registry:reveal", "显示完整的证件号码、电话或银行账号"),
    SensitiveAct("registry:merge", "合并两个人的档案"),
    SensitiveAct("registry:unmerge", "拆开合并过的档案"),
    SensitiveAct("registry:protection", "调整一个人的保护级别"),
    SensitiveAct("registry:decide_protection", "同意调低一个人的保护级别"),
    SensitiveAct("eligibility:export", "导出名单"),
    SensitiveAct("missed:export", "导出名单"),
    SensitiveAct("missed:export_report", "导出报表"),
    SensitiveAct("publishing:export_effects", "导出名单"),
    SensitiveAct("exports:take", "取导出的表格"),
    SensitiveAct("exports:decide", "批准导出名单"),
    SensitiveAct("privacy:lift", "解除留存令"),
    SensitiveAct("publishing:sign", "签发政策"),
    SensitiveAct("publishing:take_back", "撤回已经生效的政策"),
    SensitiveAct("payments:sign", "签批发放批次"),
    SensitiveAct("payments:release", "放行发放批次"),
    SensitiveAct("payments:file", "取出银行文件"),
    SensitiveAct("payments:hand_over", "登记银行文件已交给银行"),
    SensitiveAct("payments:enter_account", "更换收款账户"),
    SensitiveAct("payments:enter_payee", "更换收款人"),
    SensitiveAct("payments:approve_account", "批准更换收款账户"),
    SensitiveAct("imports:apply", "把导入的表写进登记库"),
    SensitiveAct("imports:undo", "撤销一次导入"),
    SensitiveAct("exchange:new", "约定向外部门共享数据"),
    SensitiveAct("exchange:approve", "批准向外部门共享数据"),
    SensitiveAct("entrance:end_one", "让别处的登录退出"),
    SensitiveAct("entrance:end_others", "让别处的登录都退出"),
    SensitiveAct("officers:duty", "开始值班"),
    SensitiveAct("officers:open", "开账号"),
    SensitiveAct("officers:manage", "发一次性密码，登记外部账号"),
    SensitiveAct("officers:secure", "停用、恢复账号，清除第二道验证"),
    SensitiveAct("officers:propose", "提出授权"),
    SensitiveAct("officers:grant_act", "批准、退回、结束授权"),
    SensitiveAct("glass:mine", "紧急查看别处居民的资料"),
    SensitiveAct("glass:report", "复核紧急查看"),
)
SENSITIVE = {act.url_name: act for act in _ACTS}

# What whoever holds one of these may write is sensitive, wherever it stands.
SENSITIVE_CAPABILITIES = frozenset(
    {
        "access.break_glass",
        "access.grant",
        "access.review_break_glass",
        "accounts.manage",
        "accounts.secure",
        "eligibility.export",
        "eligibility.sign_policy",
        "exports.approve",
        "payments.approve_account",
        "payments.edit_account",
        "payments.export",
        "payments.release",
        "payments.sign",
        "registry.label",
        "registry.merge",
    }
)
# Guarded by one of them, and yet not sensitive, each with its reason.
NOT_SENSITIVE = {
    "publishing:return": "sends a draft back; nothing comes into force",
    "glass:close": "ends an opening",
    "exchange:end": "ends an agreement; nothing more is answered",
}

# What acts are called in reports for people; a room's name stands for acts without a word of their own.
ACT_WORDS = {
    "registry.person_opened": "看了一个人的资料",
    "registry.household_opened": "看了一户的资料",
    "registry.people_listed": "查找了人员",
    "registry.number_revealed": "看了完整的证件号或电话",
    "registry": "人员登记",
    "eligibility": "看了政策计算的结果",
    "casework": "办件",
    "payments": "发放",
    "visits": "走访",
    "cockpit": "驾驶舱",
    "portal": "居民事务",
    "access.glass_broken": "打开了紧急查看",
    "access.glass_closed": "关上了紧急查看",
    "access": "权限",
    "entrance": "登录",
}

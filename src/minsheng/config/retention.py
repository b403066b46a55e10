"""How long the rows of every model are kept, and why: one class for each; a test fails for a model without one.

The periods of case files are those of the archives' rules of the office, which were not read: 演示参数. What is cleared
away goes by `privacy.purge`, children before parents; a legal hold on a person keeps that person's rows.
"""

from minsheng.records.privacy.types import Retention

LOGS_DAYS = 183  # 网络安全法第二十一条: logs are kept for six months at least
THREE_YEARS = 1096  # 个人信息保护法第五十六条 for records of handling; used for what proves who looked and agreed
TERM_OF_CASES = "救助档案：待遇终止后继续保存，年限按本地档案规定（演示参数：不自动清理）"

REFERENCE = Retention("基础数据", "没有个人信息，跟着系统走")
RECORDS = Retention("登记库", "法定职责所需，人在就在；死亡、迁出以后转档案（演示参数：不自动清理）")
CASE_FILES = Retention("办件档案", TERM_OF_CASES)
LEDGER = Retention("会计档案", "会计档案管理办法：账簿三十年；不自动清理")
EVIDENCE = Retention("审计证据", "只增不改；网络安全法第二十一条至少六个月，实际不清理")
POLICIES = Retention("政策和计算", "决定要能重算，所依据的规定和结果一直保存")
PLANS = Retention("规划和指标", "没有个人信息；机关档案")
PAPERS = Retention("照片和依据文件", "里面可能有个人信息；随所证明的数一起归档（演示参数：不自动清理）")
AGREEMENTS = Retention("对接和消息", "数据共享的凭据（演示参数：不自动清理）")
ACCOUNTS = Retention("账号和授权", "责任要能追到人，停用以后也保留")
DUTIES = Retention("值班和紧急查看", "谁在什么时候有过特别的权力，要能复核；不自动清理")
SECRETS = Retention("登录凭据", "停用账号或本人更换时删除")


def _by_job(label: str, job: str) -> Retention:
    return Retention(label, "用完就没有用处", cleared_by=job)


def _ours(label: str, why: str, *, days: int, column: str, person: str = "") -> Retention:
    return Retention(label, why, days=days, column=column, person=person, cleared_by="privacy.purge")


RETENTION: dict[str, Retention] = {
    # Cleared away by us, children before parents.
    "portal.HappinessCode": _ours("幸福码", "十分钟有效，用完无用", days=30, column="made_at", person="person_id"),
    "portal.Session": _ours("居民的登录", "证明谁看过", days=LOGS_DAYS, column="started_at", person="person_id"),
    "portal.Code": _ours("居民码", "证明谁发给了谁", days=LOGS_DAYS + 4, column="issued_at", person="person_id"),
    "access.Purpose": _ours("查看的用途", "证明为什么看", days=THREE_YEARS, column="stated_at", person="subject"),
    "privacy.Request": _ours(
        "权利申请", "证明怎样答复", days=THREE_YEARS, column="answered_at", person="person_id"
    ),
    "privacy.Consent": _ours(
        "同意", "撤回后三年内可能要证明", days=THREE_YEARS, column="withdrawn_at", person="person_id"
    ),
    "exports.Export": _ours("导出的登记", "名单流出去以后能追到是哪一份", days=THREE_YEARS, column="made_at"),
    "missed.Snapshot": _ours("漏享报告的快照", "逐年比较", days=5 * 366, column="taken_at"),
    "axes.AccessAttempt": _ours("登录尝试", "查撞库", days=LOGS_DAYS, column="attempt_time"),
    "axes.AccessLog": _ours("登录记录", "查谁登录过", days=LOGS_DAYS, column="attempt_time"),
    "axes.AccessFailureLog": _ours("登录失败", "查撞库", days=LOGS_DAYS, column="attempt_time"),
    "usersessions.UserSession": _ours("登录的会话", "查谁登录过", days=LOGS_DAYS, column="last_seen_at"),
    "sessions.Session": _ours("网页会话", "过期就没有用处", days=1, column="expire_date"),
    # Cleared away by the room itself.
    **dict.fromkeys(
        ("events.OutboxEvent", "events.EventDelivery", "jobs.JobRun"), _by_job("消息和后台", "jobs.clear_away")
    ),
    **dict.fromkeys(
        (
            "procrastinate.ProcrastinateWorker", "procrastinate.ProcrastinateJob", "procrastinate.ProcrastinateEvent",
            "procrastinate.ProcrastinatePeriodicDefer",
        ),
        _by_job("后台队列", "jobs.clear_away"),
    ),
    "entrance.KeptForm": _by_job("会话结束时留下的表单", "entrance.forget_kept_forms"),
    "exports.File": _by_job("导出的文件", "exports.clear"),
    "once.Act": _by_job("办过一次的事", "once.forget"),
    "axes.AccessAttemptExpiration": _by_job("登录尝试的期限", "axes"),
}  # fmt: skip
_KEPT = {
    REFERENCE: (
        "contenttypes.ContentType", "auth.Permission", "auth.Group", "access.Area", "calendars.CalendarYear",
        "calendars.CalendarDay", "calendars.CalendarRevision", "places.Division", "places.DivisionChange",
        "places.BoundaryImport", "places.DivisionShape", "registry.LoadProgress", "registry.Coverage",
    ),
    ACCOUNTS: ("accounts.Account", "access.Grant"),
    DUTIES: ("access.Duty", "access.BreakGlass"),
    SECRETS: (
        "mfa.Authenticator", "account.EmailAddress", "account.EmailConfirmation", "entrance.ExternalIdentity",
    ),
    EVIDENCE: ("audit.Entry", "evidence.Leaf", "evidence.Root", "evidence.Check", "privacy.Hold"),
    RECORDS: (
        "registry.Dwelling", "registry.Household", "registry.Person", "registry.Membership", "registry.Relation",
        "registry.Statement", "registry.Merge", "registry.Organisation", "registry.Thing", "imports.Batch",
        "imports.Row", "registry.Labelling",
    ),
    POLICIES: (
        "eligibility.Run", "eligibility.Result", "eligibility.FrozenLaw", "eligibility.Receipt", "eligibility.Finding",
        "eligibility.SavedView", "publishing.Publication", "publishing.Version", "publishing.TrialLine",
        "publishing.LawHead", "publishing.Budget", "missed.Reason",
    ),
    LEDGER: (
        "payments.FollowUp", "payments.Recalculation", "payments.Recovery", "payments.Float", "payments.FloatCeiling",
        "payments.FloatDraw", "payments.FloatReconciliation", "payments.Sample", "payments.SampleLine",
        "payments.Grant", "payments.Amount", "payments.PayeeAccount", "payments.Posting", "payments.Entry",
        "payments.Run", "payments.Duty", "payments.Line", "payments.Finding", "payments.BankFile", "payments.Once",
    ),
    CASE_FILES: (
        "visits.Signal", "visits.HouseholdWarning", "visits.StarRhythm", "visits.Visit", "visits.Attempt",
        "visits.Refusal", "casework.Delegation", "casework.Case", "casework.CaseAct", "casework.Opinion",
        "casework.Notice", "casework.Objection", "casework.Decision", "casework.Adjustment", "casework.Document",
        "casework.Delay", "casework.JointApplication", "casework.Referral", "casework.Appeal", "casework.Authorisation",
        "casework.Investigation", "casework.Check", "casework.Account", "casework.Proxy", "portal.Reply",
        "casework.AllianceMember",
        "portal.Concern",
    ),
    AGREEMENTS: (
        "exchange.Partner", "exchange.PartnerKey", "exchange.Message", "exchange.Subscription", "exchange.Outbound",
    ),
    PAPERS: ("cockpit.KeptFile", "cockpit.ProjectPhoto"),
    PLANS: (
        "cockpit.PlanFile", "cockpit.Statement", "cockpit.Correction", "cockpit.Figure", "cockpit.Entry",
        "cockpit.NameLink", "cockpit.Occasion",
        "cockpit.ProjectReport", "cockpit.SelfCheck", "catalogue.Issue", "catalogue.Measurement",
    ),
}  # fmt: skip
RETENTION |= {label: rule for rule, labels in _KEPT.items() for label in labels}

"""The staff's main menu: label, address name, and the capability without which it is not shown.

What is `seldom` wanted stands under 更多 for those whose menu is long.
"""

NAVIGATION = [
    {"label": "今日", "url_name": "eligibility:today", "capability": None},
    {"label": "应享未享", "url_name": "eligibility:findings", "capability": "eligibility.view_findings"},
    {"label": "走访", "url_name": "visits:mine", "capability": "visits.view"},
    {"label": "办件", "url_name": "casework:mine", "capability": "casework.view"},
    {"label": "居民来言", "url_name": "portal:desk", "capability": "portal.answer"},
    {"label": "个人信息权利", "url_name": "privacy:requests", "capability": "privacy.handle", "seldom": True},
    {"label": "留存令", "url_name": "privacy:holds", "capability": "privacy.hold", "seldom": True},
    {"label": "发放", "url_name": "payments:desk", "capability": "payments.work"},
    {"label": "人员", "url_name": "registry:search", "capability": "registry.search"},
    {"label": "政策", "url_name": "eligibility:schemes", "capability": "eligibility.view_schemes"},
    {"label": "地图", "url_name": "eligibility:map", "capability": "eligibility.view_findings", "seldom": True},
    {"label": "驾驶舱", "url_name": "cockpit:home", "capability": "cockpit.view"},
    {"label": "导入", "url_name": "imports:index", "capability": "registry.import", "seldom": True},
    {"label": "区划", "url_name": "places:index", "capability": "places.view", "seldom": True},
    {"label": "数据目录", "url_name": "catalogue:index", "capability": "catalogue.view", "seldom": True},
    {"label": "数据共享", "url_name": "exchange:partners", "capability": "exchange.view", "seldom": True},
    {"label": "账号和授权", "url_name": "officers:accounts", "capability": "accounts.view", "seldom": True},
    {"label": "紧急查看", "url_name": "glass:mine", "capability": "access.break_glass", "seldom": True},
    {"label": "复核紧急查看", "url_name": "glass:reviews", "capability": "access.review_break_glass", "seldom": True},
    {"label": "导出", "url_name": "exports:index", "capability": "exports.view", "seldom": True},
    {"label": "审计", "url_name": "evidence:trail", "capability": "audit.view", "seldom": True},
    {"label": "工作日历", "url_name": "calendars:index", "capability": "calendars.edit", "seldom": True},
]

# What a higher floor offers beside the working of one result: it takes the scheme, the household and the person.
RESULT_ACT = {
    "label": "立案办理",
    "household": "casework:new_household",
    "person": "casework:new_person",
    "capability": "casework.draft",
}

# What a higher floor offers beside one person of the registry.
PERSON_ACTS = (
    {
        "label": "打印上门码、柜台码（居民看自己家的清单）",
        "url_name": "portal:issue_code",
        "capability": "portal.issue_code",
    },
    {"label": "同意和用途；查阅、更正、删除", "url_name": "privacy:consents", "capability": "privacy.handle"},
    {"label": "留存令", "url_name": "privacy:hold", "capability": "privacy.hold"},
)

# What a higher floor offers beside one household of the registry.
HOUSEHOLD_ACTS = (
    {"label": "一件事联办", "url_name": "casework:joint_new", "capability": "casework.draft"},
    {"label": "预警和走访", "url_name": "visits:household", "capability": "visits.warnings"},
    {"label": "记一条情况", "url_name": "visits:note", "capability": "visits.note_signal"},
)

"""The roles of a district bureau and what each may do: the one place where a capability is given to a role.

Capabilities are named `<room>.<act>` by the rooms that check them. A role with `sees_records` sees the rows of the
areas it is granted for; the three system officers (三员) never do (GB/T 22239-2019 8.1.4.2 d). Up to which security
label of a person a role may reach stands in `_CLEARANCE` (8.1.4.2 g).
"""

from dataclasses import replace

from minsheng.foundation.access.types import ProtectionLevel, RoleDefinition

_READ_RECORDS = frozenset(
    {"registry.search", "registry.view_person", "places.view", "eligibility.view_schemes", "payments.view"}
)
_FINDINGS = frozenset({"eligibility.view_findings", "eligibility.explain"})
_COUNTER = frozenset(
    {"portal.issue_code", "portal.answer", "privacy.handle"}
)  # whoever meets residents and sees their papers
_FINANCE = frozenset({"cockpit.view", "places.view", "eligibility.view_schemes", "payments.work", "payments.view_runs"})

# Everybody in business sees how their own areas stand; owners state figures, somebody else confirms them.
_COCKPIT = frozenset({"cockpit.view"})
# Papers may name people, so they are for whoever states, confirms or inspects a figure; photos are for everybody.
_COCKPIT_PAPERS = _COCKPIT | {"cockpit.open_paper"}
_COCKPIT_OWNER = _COCKPIT_PAPERS | {"cockpit.enter", "cockpit.report_project"}

# A case is drafted near to the people, taken in by one, investigated by two, judged and confirmed by others;
# operations compare persons, not only roles.
_CASES = frozenset({"casework.view", "casework.work"})
_CASE_DRAFTS = _CASES | {"casework.draft", "casework.investigate", "casework.hear_objection"}
_CASE_REVIEW = _CASES | {"casework.review", "casework.investigate", "casework.hear_objection"}
_CASE_STREET = _CASES | {"casework.confirm_street", "casework.aid_first", "casework.oversee"}
_CASE_BUREAU = _CASES | {
    "casework.confirm_district", "casework.visit_by_county", "casework.check", "casework.oversee",
    "casework.keep_alliance",
}  # fmt: skip

# Lists are taken away by one, a large one only with the word of a second person.
_EXPORTS = frozenset({"eligibility.export", "exports.view"})
_EXPORTS_LED = frozenset({"exports.view", "exports.approve"})

# Whoever meets somebody who needs protection sets the label, as far as the own clearance reaches; lowering takes two.
_LABELS = frozenset({"registry.label"})

# In an emergency somebody may look beyond their area; a second person of the bureau looks at it within a day.
_GLASS = frozenset({"access.break_glass"})
_GLASS_REVIEW = frozenset({"access.review_break_glass"})

# Whoever is near to the people goes there; the street and the bureau see that nobody is left out.
_VISITS = frozenset({"visits.view", "visits.warnings"})
_VISITORS = _VISITS | {"visits.work", "visits.note_signal"}
_VISITS_LED = _VISITS | {"visits.oversee", "visits.hand_over"}

# Near to the people one sees 普通, or 敏感 where it was granted; 重点保护 is handled by a few of the street and the
# district. Whoever makes and signs sums over a whole district, or acts as the system, leaves nobody out.
_CLEARANCE = {
    "community_worker": ProtectionLevel.SENSITIVE,
    "child_director": ProtectionLevel.SENSITIVE,
    "street_intake": ProtectionLevel.PROTECTED,
    "street_review": ProtectionLevel.PROTECTED,
    "street_confirm": ProtectionLevel.PROTECTED,
    "auditor": ProtectionLevel.PROTECTED,
}
_WHOLE = frozenset(
    {"district_business", "district_review", "district_accountant", "district_cashier", "district_leader", "system"}
)

_ROLES: tuple[RoleDefinition, ...] = (
    RoleDefinition(
        "grid_worker", "网格员", True, _READ_RECORDS | _COCKPIT | _FINDINGS | _VISITORS | {"eligibility.note_reason"}
    ),
    RoleDefinition(
        "community_worker",
        "社区工作者",
        True,
        _READ_RECORDS
        | _LABELS
        | _COCKPIT
        | _FINDINGS
        | _CASE_DRAFTS
        | _COUNTER
        | _VISITORS
        | _GLASS
        | {"registry.edit", "eligibility.note_reason", "visits.hand_over"},
    ),
    RoleDefinition(
        "child_director",
        "儿童主任",
        True,
        _READ_RECORDS | _LABELS | _COCKPIT | _FINDINGS | _VISITORS | {"eligibility.note_reason"},
    ),
    RoleDefinition(
        "street_intake",
        "街道经办",
        True,
        _READ_RECORDS
        | _LABELS
        | _COCKPIT_OWNER
        | _FINDINGS
        | _CASE_DRAFTS
        | _COUNTER
        | _VISITORS
        | _VISITS_LED
        | _GLASS
        | {"casework.intake", "eligibility.note_reason"}
        | _EXPORTS
        | {"registry.edit", "payments.edit_account", "payments.follow_up", "payments.verify"}
        | {"payments.work", "payments.spend_float"},
    ),
    RoleDefinition(
        "street_review",
        "街道审核",
        True,
        _READ_RECORDS
        | _LABELS
        | _COCKPIT_PAPERS
        | {"cockpit.confirm"}
        | _FINDINGS
        | _CASE_REVIEW
        | _GLASS
        | _EXPORTS
        | _EXPORTS_LED
        | {"payments.work", "payments.approve_account", "payments.count_float"},
    ),
    RoleDefinition(
        "street_confirm",
        "街道确认",
        True,
        _READ_RECORDS
        | _LABELS
        | _COCKPIT_PAPERS
        | {"cockpit.evaluate"}
        | _FINDINGS
        | _CASE_STREET
        | _GLASS
        | _VISITS_LED
        | _EXPORTS_LED
        | {"payments.work", "payments.grant", "payments.decide_difference", "payments.confirm_count"}
        | {"visits.configure"},
    ),
    RoleDefinition(
        "district_business",
        "区民政局业务科",
        True,
        _READ_RECORDS
        | _COCKPIT_OWNER
        | {"cockpit.plan", "cockpit.inspect", "cockpit.report"}
        | _FINDINGS
        | _EXPORTS
        | {
            "privacy.handle",
            "privacy.hold",
            "registry.edit",
            "registry.label",
            "registry.merge",
            "registry.import",
            "places.edit",
            "calendars.edit",
        }
        | {"eligibility.what_if"}
        | {
            "payments.work",
            "payments.grant",
            "payments.edit_account",
            "payments.view_runs",
            "payments.compile",
            "payments.follow_up",
            "payments.return_run",
        }
        | {"payments.recalculate", "payments.export", "payments.verify", "payments.draw_sample"}
        | _VISITS_LED
        | {"visits.configure"}
        | _CASE_BUREAU
        | {"casework.delegate", "casework.aid_first"}
        | {"exchange.view", "catalogue.view", "catalogue.answer"}
        | {"eligibility.draft_policy", "eligibility.sign_policy", "eligibility.note_reason"},
    ),
    RoleDefinition(
        "district_review",
        "区级复核",
        True,
        _READ_RECORDS
        | _LABELS
        | _COCKPIT_PAPERS
        | {"cockpit.confirm", "cockpit.inspect"}
        | _FINDINGS
        | {
            "payments.work",
            "payments.view_runs",
            "payments.sign",
            "payments.return_run",
            "payments.approve_account",
            "payments.decide_difference",
            "payments.count_float",
        }
        | {"payments.export"}
        | _EXPORTS_LED
        | {"privacy.hold"}
        | _GLASS_REVIEW,
    ),
    # Money passes through two hands: the cashier sends it, the accountant compares. Neither needs a person's record.
    RoleDefinition(
        "district_accountant",
        "区民政局会计",
        True,
        _FINANCE
        | {"payments.settle", "payments.book_budget", "payments.fund_float", "payments.confirm_count"}
        | {"payments.export"},
    ),
    RoleDefinition(
        "district_cashier",
        "区民政局出纳",
        True,
        _FINANCE | {"payments.release", "payments.receive", "payments.spend_float"},
    ),
    RoleDefinition(
        "district_leader",
        "局领导",
        True,
        # No working of one household: it opens the record of its people, which is none of a leader's work.
        _COCKPIT
        | {"cockpit.report", "catalogue.view"}
        | frozenset({"places.view", "eligibility.view_schemes", "eligibility.view_findings", "eligibility.what_if"})
        | {"payments.work", "payments.view_runs", "payments.sign", "payments.return_run"}
        | _GLASS_REVIEW
        | _EXPORTS_LED
        | {"casework.oversee", "eligibility.sign_policy", "visits.oversee"},
    ),
    RoleDefinition(
        "auditor",
        "审计纪检",
        True,
        _READ_RECORDS
        | _COCKPIT
        | _FINDINGS
        | _VISITS
        | {"visits.oversee", "payments.work", "payments.view_runs"}
        | {"audit.view", "exchange.view", "catalogue.view", "casework.view", "casework.oversee", "eligibility.what_if"},
    ),
    # Three people, none of whom sees records; what changes anything needs duty, for half an hour and with a reason.
    RoleDefinition(
        "system_officer",
        "系统管理员",
        False,
        frozenset({"jobs.view", "accounts.view", "catalogue.view"}),
        on_duty=frozenset({"accounts.manage"}),
        apart=True,
    ),
    RoleDefinition(
        "security_officer",
        "安全管理员",
        False,
        frozenset({"accounts.view", "exchange.view"}),
        on_duty=frozenset({"access.grant", "accounts.secure"}),
        apart=True,
    ),
    RoleDefinition("audit_officer", "审计管理员", False, frozenset({"audit.view", "accounts.view"}), apart=True),
    RoleDefinition(
        "system",
        "系统账号",
        True,
        _READ_RECORDS
        | _COCKPIT
        | {"cockpit.keep"}
        | _FINDINGS
        | {"eligibility.note_reason"}
        | {"registry.edit", "registry.import", "payments.grant", "payments.recalculate", "payments.view_runs"}
        | {"payments.receive"}
        | {"casework.view", "casework.check", "casework.hear_objection"}
        | {"visits.score", "visits.note_signal", "exchange.notify", "catalogue.measure"},
    ),
    # Another office's system: no person signs in as it. What it may ask and know is in its agreement.
    RoleDefinition("exchange_partner", "数据共享单位", True, frozenset({"registry.give"})),
)

ROLES: tuple[RoleDefinition, ...] = tuple(
    replace(role, clearance=ProtectionLevel.PROTECTED, whole=True)
    if role.code in _WHOLE
    else replace(role, clearance=_CLEARANCE.get(role.code, ProtectionLevel.ORDINARY))
    for role in _ROLES
)

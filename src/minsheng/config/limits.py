"""How much, how often, and what gives way first. Figures of this house, not of the law."""

from minsheng.foundation.running.rules import Rate, Step

LARGEST_REQUEST = 24 * 2**20  # a table of 20 MB (files.limits) and its form
# For one account, or one address where nobody is signed in; every act that is not named: RATE_OF_ACTS.
RATE_OF_ACTS = Rate(120, 60)
RATES = {
    "registry:reveal": Rate(60, 3600),  # whoever needs more numbers in an hour needs a list with a purpose
    "eligibility:export": Rate(20, 3600),
    "missed:export": Rate(20, 3600),
    "missed:export_report": Rate(20, 3600),
    "publishing:export_effects": Rate(20, 3600),
    "exports:take": Rate(20, 3600),
    "payments:file": Rate(20, 3600),
    "casework:notice": Rate(30, 600),  # neighbours who object; a whole staircase may share one address
    "casework:verify": Rate(120, 600),
    "whatif:what_if": Rate(60, 60),
}
# Doors count wrong tries by name, so that one address of many people is not locked for one of them.
LIMITED_BY_THEMSELVES = frozenset(
    {
        "account_login",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "portal:sign_in",
        "running:livez",
        "running:readyz",
    }
)
# What is switched off first when the machine is short. Never: signing in, cases, payments, the residents' pages.
DEGRADE_STEPS = (
    Step(
        "图表、地图和试算", frozenset({"eligibility:map", "missed:report", "payments:forecast", "whatif:", "cockpit:"})
    ),
    Step("边输入边查找", frozenset({"registry:duplicates"})),
    Step(
        "导出",
        frozenset(
            {"eligibility:export", "missed:export", "missed:export_report", "publishing:export_effects", "exports:take"}
        ),
    ),
    Step("批量导入", frozenset({"imports:", "places:boundaries"})),
)
# While nothing may be changed, doors still open and what only looks still answers.
NEVER_SWITCHED_OFF = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "portal:sign_in",
        "portal:sign_out",
        "registry:search",
        "api-v1:calculate",
        "api-v1:explain",
    }
)

"""The auditor: every family of rules over one plan. It trusts no table, no sum and no title."""

from minsheng.insight.cockpit.plan.audit import citations, growth, naming, outliers, structure, sums, targets, units
from minsheng.insight.cockpit.plan.audit.findings import Finding, Severity
from minsheng.insight.cockpit.plan.knowledge import Knowledge
from minsheng.insight.cockpit.plan.statements import Plan

__all__ = ["Finding", "Severity", "audit"]


def audit(plan: Plan, knowledge: Knowledge) -> tuple[Finding, ...]:
    """This function will return all findings, in the order of the source; the same plan gives the same findings."""
    found = [
        *structure.check(plan),
        *growth.check(plan),
        *sums.check(plan),
        *units.check(plan, knowledge),
        *targets.check(plan, knowledge),
        *outliers.check(plan),
        *naming.check(plan, knowledge),
        *citations.check(plan, knowledge),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.rule, finding.what)))

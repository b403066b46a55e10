"""The plan, the figures of the night, and invented statements of owners, so that the demo's cockpit has a past."""

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.config.demo.plan import Facts, Plan
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit import operations

PLAN_FILE = "shangcheng-2021-2025.txt"
SOURCE = "上民〔2021〕18号的公开文本，随平台放在 plans/，原文照录，只用来对照和查错"


def hold_to_the_plan(*, plan: Plan) -> Facts:
    """This function will import the plan, put it in force, and keep the figures of the day."""
    from django.conf import settings

    business = _staff("district_business", plan)
    content = (settings.PLANS / PLAN_FILE).read_bytes()
    number = operations.import_plan(
        actor=business, at=plan.at, file_name=PLAN_FILE, content=content, source_note=SOURCE
    )
    operations.put_in_force(actor=business, at=plan.at, plan_id=number)
    kept = operations.keep_figures(actor=system_viewer(at=plan.at), at=plan.at)
    return {"plan": number, "figures": kept.figures, "untold": len(kept.untold)}


def _staff(role: str, plan: Plan) -> Viewer:
    username, name, _ = STAFF[role]
    number = accounts.account_id(username=username)
    assert number is not None, "accounts are made with the reference data"
    return get_viewer(account_id=number, name=name, username=username, at=plan.at)

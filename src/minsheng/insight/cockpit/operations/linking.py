"""A person says which indicator answers to a name of a plan; nothing answers to a name by itself."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.cockpit.indicators.language import book
from minsheng.insight.cockpit.models import NameLink, PlanFile, Statement
from minsheng.insight.cockpit.types import ANSWERABLE


class UnableToLink(ValueError):
    """The name cannot be linked so: says why and what to do."""


@dataclass(frozen=True)
class NewLink:
    """`indicator` empty: no indicator answers to the name. `as_goal` False: it tells the past and promises nothing."""

    label: str
    indicator: str
    as_goal: bool = True


def link_name(*, actor: Viewer, at: datetime, plan_id: int, link: NewLink) -> int:
    """This function will keep which indicator answers to a name of a plan; the last word holds. Returns its number."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.plan")
        if not PlanFile.objects.filter(pk=plan_id).exists():
            raise UnableToLink("没有这份规划，也许链接旧了。请从规划清单里再选。")
        if link.indicator and link.indicator not in book().indicators:
            raise UnableToLink("没有这个指标。请从列出的指标里选。")
        rows = Statement.objects.filter(plan_id=plan_id, label=link.label, kind__in=[kind.value for kind in ANSWERABLE])
        if not rows.exists():
            raise UnableToLink("这份规划里没有这个名称，也许刚更正过。请刷新后再选。")
        row = NameLink.objects.create(
            plan_id=plan_id,
            label=link.label,
            indicator=link.indicator,
            as_goal=link.as_goal,
            linked_at=at,
            linked_by=actor.account_id,
        )
        audit.record(
            actor=actor,
            at=at,
            action="cockpit.name_linked",
            object_type="cockpit.plan",
            object_id=str(plan_id),
            detail={"indicator": link.indicator, "link": row.pk},
        )
    return int(row.pk)

"""The plan, the figures of the night, and invented statements of owners, so that the demo's cockpit has a past.

What is invented says so in its evidence. No figure of the plan is typed here: the invented years lie on the way from
what the plan says of the start to what it promises, at a pace of their own.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import yaml

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.config.demo.pictures import building_site
from minsheng.config.demo.plan import Facts, Plan
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside, get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.files.documents import render_pdf
from minsheng.foundation.pages.wording import day
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import NewLink, NewReport, Stated
from minsheng.insight.cockpit.queries.plans import all_tracked
from minsheng.insight.cockpit.queries.projects import ProjectLine, projects
from minsheng.insight.cockpit.rules.goals import Tracked
from minsheng.insight.cockpit.types import Grade, Sent, Stage

PLAN_FILE, LINKS_FILE = "shangcheng-2021-2025.txt", "shangcheng-2021-2025.links.yaml"
NAME = "上城区民政事业发展“十四五”规划.txt"
SOURCE = "上民〔2021〕18号的公开文本，随平台一起提供，原文照录，只用来对照和查错"
INVENTED, INVENTED_NUMBER = "演示数据：虚构的台账，不是真数", "演示台账（虚构）"
LATE = "演示数据：虚构的原因，管线迁改晚了，已加开夜班"
# How much of the way from the start to the target was gone at the end of each year, in percent; one row per indicator.
PACES = (
    (15, 38, 60, 82, 104),
    (10, 25, 45, 60, 78),
    (22, 40, 63, 90, 112),
    (5, 12, 20, 31, 40),
    (20, 41, 58, 79, 100),
)
TOLD = (
    "neighbourhood_platforms",
    "smart_communities",
    "qualified_social_workers",
    "party_service_centres",
    "health_care_unions",
    "women_child_directors",
    "model_childrens_homes",
    "branded_organisations",
    "branded_projects",
    "leading_social_workers",
    "covenant_communities",
    "digital_services",
    "meals_within_15_minutes",
)
PEOPLE_BEHIND = 200  # of a share whose whole nobody counts here: invented, like the rest
# stage, end planned and expected (months from the demo's day), share of the money spent in percent
PROGRESS = (
    (Stage.OPEN, -30, -30, 98),
    (Stage.BUILDING, -2, 5, 71),
    (Stage.BUILDING, 10, 10, 40),
    (Stage.FINISHED, -14, -9, 103),
    (Stage.APPROVED, 20, 20, 2),
)


def hold_to_the_plan(*, plan: Plan) -> Facts:
    """This function will import the plan, put it in force, let owners state a past, and keep the figures of the day."""
    from django.conf import settings

    business = _staff("district_business", plan)
    content = (settings.PLANS / PLAN_FILE).read_bytes()
    number = operations.import_plan(actor=business, at=plan.at, file_name=NAME, content=content, source_note=SOURCE)
    linked = _link_names(plan, business, number)
    operations.put_in_force(actor=business, at=plan.at, plan_id=number)
    entered = _state_a_past(plan, business)
    reported = _report_projects(plan, business)
    _evaluate_a_street(plan)
    kept = operations.keep_figures(actor=system_viewer(at=plan.at), at=plan.at)
    return {"plan": number, "figures": kept.figures, "entries": entered, "reports": reported, "names": linked}


def _link_names(plan: Plan, business: Viewer, number: int) -> int:
    """What a person says on the page of names, as it is written down beside the plan."""
    from django.conf import settings

    said = yaml.safe_load((settings.PLANS / LINKS_FILE).read_text(encoding="utf-8"))
    links = [
        NewLink(label, code, use == "goals")
        for use in ("goals", "past")
        for code, labels in said[use].items()
        for label in labels
    ]
    for link in links:
        operations.link_name(actor=business, at=plan.at, plan_id=number, link=link)
    return len(links)


def _state_a_past(plan: Plan, business: Viewer) -> int:
    review = _staff("district_review", plan)
    with acting_as(viewer=business, at=plan.at):
        held, tracked = all_tracked()
        areas = areas_inside(viewer=business)
    assert held is not None, "it was just put in force"
    top = next(area for area in areas if area.depth == 0)
    wholes = {
        "街道总数": sum(area.depth == 1 for area in areas),
        "社区总数": sum(area.depth == 2 for area in areas),
    }
    made = 0
    for place, code in enumerate(TOLD):
        for year, gone in zip(_years(held.first_year, plan), PACES[place % len(PACES)], strict=False):
            numerator, denominator = _invented(tracked[code], gone, wholes)
            stated = Stated(code, top.code, date(year, 12, 31), numerator, denominator, INVENTED, INVENTED_NUMBER)
            number = operations.enter_value(actor=business, at=plan.at, stated=stated)
            operations.confirm_entry(actor=review, at=plan.at, entry_id=number)
            made += 1
    # One still waits for a second person, with the paper that proves it.
    posts = Decimal(wholes["社区总数"])
    paper = Sent("社会工作岗位台账.pdf", _ledger_page(posts, plan))
    waiting = Stated("social_work_posts", top.code, plan.at.date(), posts, None, INVENTED, file=paper)
    operations.enter_value(actor=business, at=plan.at, stated=waiting)
    return made + 1


def _ledger_page(posts: Decimal, plan: Plan) -> bytes:
    page = {
        "title": "社会工作岗位台账（演示）",
        "issuer": "区民政局",
        "number": INVENTED_NUMBER,
        "date": day(plan.at.date()),
        "opening": f"社会工作岗位 {posts} 个。{INVENTED}。",
        "verification": INVENTED,
    }
    return render_pdf("letter", page, written_at=plan.at)


def _years(first: int | None, plan: Plan) -> range:
    begun = first or plan.at.year - len(PACES[0])
    return range(begun, min(begun + len(PACES[0]), plan.at.year))


def _invented(tracked: Tracked, gone: int, wholes: dict[str, int]) -> tuple[Decimal, Decimal | None]:
    assert tracked.goal is not None, f"{tracked.indicator.code} is told because the plan promises it"
    start = tracked.start.value if tracked.start else Decimal(0)
    value = start + (tracked.goal.value - start) * gone / 100
    side = tracked.indicator.denominator
    if side is None:
        return value.quantize(Decimal(1), ROUND_HALF_UP), None
    whole = Decimal(wholes.get(side.entered, PEOPLE_BEHIND))
    value = min(value, Decimal(tracked.indicator.scale))
    return (value * whole / tracked.indicator.scale).quantize(Decimal(1), ROUND_HALF_UP), whole


def _report_projects(plan: Plan, business: Viewer) -> int:
    with acting_as(viewer=business, at=plan.at):
        lines = sorted(projects(viewer=business, at=plan.at).lines, key=lambda line: line.line)
    for line, (stage, planned, expected, spent) in zip(lines, PROGRESS, strict=False):
        operations.report_project(
            actor=business,
            at=plan.at,
            report=NewReport(
                line.id,
                stage,
                plan.at.date(),
                _month(plan.at.date(), planned),
                _month(plan.at.date(), expected),
                _spent(line, spent),
                None,
                "演示数据：虚构的进展，不是这个项目的真实情况",
                LATE if expected > planned or (planned < 0 and not stage.is_done) else "",
            ),
        )
    for line, storeys in zip(lines[1:3], (5, 3), strict=False):
        operations.add_photo(
            actor=business,
            at=plan.at,
            project_id=line.id,
            taken_on=plan.at.date(),
            words=f"演示图片（画的，不是实景）：主体结构到第 {storeys} 层，右边一台塔吊。",
            sent=Sent("工地.png", building_site(storeys=storeys)),
        )
    return min(len(lines), len(PROGRESS))


def _spent(line: ProjectLine, percent: int) -> int | None:
    return None if line.investment_fen is None else line.investment_fen * percent // 100


def _month(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def _evaluate_a_street(plan: Plan) -> None:
    street = _staff("street_confirm", plan)
    operations.evaluate_self(
        actor=street,
        at=plan.at,
        indicator="monthly_visits",
        area_code=street.grants[0].area_code,
        year=plan.at.year,
        grade=Grade.BEHIND,
        words="演示数据：名单刚定，多数还没上门；这个月底前由社区分头走完。",
        document_number=INVENTED_NUMBER,
    )


def _staff(role: str, plan: Plan) -> Viewer:
    username, name, _ = STAFF[role]
    number = accounts.account_id(username=username)
    assert number is not None, "accounts are made with the reference data"
    return get_viewer(account_id=number, name=name, username=username, at=plan.at)

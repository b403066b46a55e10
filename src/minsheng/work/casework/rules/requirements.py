"""What must be true before an act: required steps, separate duties, days that have passed; said in sentences."""

from collections.abc import Callable, Mapping
from datetime import date

from minsheng.work.casework.rules.papers import CHECK_SOURCES
from minsheng.work.casework.types import REDUCING, Act, CaseFacts, Edition

Requirement = Callable[[CaseFacts, Edition, int, date], str | None]


def _within_procedure(*acts: Act) -> Requirement:
    """The procedure provides for the act at all."""

    def check(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
        if any(edition.needs(act) for act in acts):
            return None
        return f"“{edition.title}”不设“{acts[0].label}”这一步，请按上方的步骤办理。"

    return check


def _authorised(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.authorised or not edition.needs(Act.AUTHORISE):
        return None
    return "还没有有效的核对授权。请先请本人和家庭成员签核对授权书（57号第九条）。"


def _revocable(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return None if facts.authorised else "没有有效的核对授权可以撤回。"


def _investigated(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if not edition.needs(Act.RECORD_INVESTIGATION) or facts.investigations_signed:
        return None
    if facts.investigations_open:
        return "调查表还差第二名调查人签字（57号第十六条，两人以上）。"
    return "还没有入户调查。请由两名调查人登记调查情况（57号第十六条）。"


def _checked(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if not edition.needs(Act.REQUEST_CHECK):
        return None
    if not facts.done(Act.REQUEST_CHECK):
        return "还没有提请信息核对（57号第十七条）。"
    if facts.checks_unsettled:
        return f"还有 {facts.checks_unsettled} 项核对没有结果，或有异议待复查（57号第十八条）。"
    return None


def _favourable(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.favourable:
        return None
    return "初步意见是不同意，不公示，也不能批准。请报请确认，由确认机关决定。"


def _notice_over(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.objections_open:
        return f"有 {facts.objections_open} 条异议没有处理。请先重新调查，再出具意见、重新公示（57号第十九条）。"
    if facts.notice_last_day is None:
        return "还没有公示。"
    if today <= facts.notice_last_day:
        last = facts.notice_last_day
        return f"公示到 {last.month}月{last.day}日 才满 {edition.notice_days} 天，期满后的第一天再报请确认。"
    return None


def _forwardable(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.favourable and edition.needs(Act.PUBLISH_NOTICE):
        return "初步意见是同意，要先公示，公示期满再报请确认（57号第十九条）。"
    return None


def _visited_by_county(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.done(Act.VISIT_BY_COUNTY) or not (facts.relative_flag or facts.complaint):
        return None
    why = "有近亲属备案" if facts.relative_flag else "有投诉或异议"
    return f"这一件{why}，区级必须先入户（57号第十一条、第二十条）。"


def _every_step(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    missing = [act.label for act in edition.required if not facts.done(act)]
    return f"缺少步骤：{'、'.join(missing)}。没有走完程序，不得批准（57号第二十八条）。" if missing else None


def _not_by(*acts: Act) -> Requirement:
    """Somebody who did one of these acts on this case may not do this one (separate duties, compared by person)."""

    def check(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
        for act in acts:
            if actor in facts.by(act):
                return f"您在这一件上做过“{act.label}”，不能再做这一步。请交给另一名同事办理。"
        return None

    return check


def _second_investigator(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if not facts.investigations_open:
        return "没有等待第二人签字的调查表。请先登记调查情况。"
    return None


def _heard(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if facts.hearing_done or facts.adjustment not in REDUCING or not edition.hearing:
        return None
    return f"减发、停发以前要先听取本人意见（{edition.hearing_article}）。请先登记听取意见的情况。"


def _hearing_due(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return None if facts.adjustment in REDUCING else "增发不需要听取意见，可以直接决定。"


def _no_correction_open(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return (
        "已经一次性告知过补正，不能再次要求补正（57号第十条，一次性告知）。请受理，或按不予批准的程序说明理由。"
        if any(done.act is Act.REQUEST_CORRECTION for done in facts.acts)
        else None
    )


def _extendable(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    if not edition.extension_grounds:
        return f"“{edition.title}”的规定里没有延长期限的情形。"
    if facts.done(Act.EXTEND):
        return "这一件已经延长过一次，不能再延长。"
    return None


def _aid_first(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return None if edition.advance else "只有临时救助的急难情形可以先行救助（社会救助法第五十条）。"


def _expired(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    until = facts.valid_until
    if until is None:
        return "这一件没有到期日，停发要先拟停发、听取本人意见、再决定。"
    if today < until:
        return f"有效期（渐退期）到 {until.year}年{until.month}月{until.day}日 才满，现在不能结案。"
    return None


def _appeal_open(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return None if facts.appeals_open else "没有在办的复议或诉讼。"


def _referral_open(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    return None if facts.referrals_open else "没有等待反馈的转介。"


def _no_proxy(facts: CaseFacts, edition: Edition, actor: int, today: date) -> str | None:
    """Who speaks for the family decides nothing of it, and neither does somebody who once did."""
    if not facts.acts_as_proxy:
        return None
    return "您是（或做过）这一家的代办人，不能办这一步。请交给另一名同事办理（57号第十一条，回避）。"


REQUIREMENTS: Mapping[Act, tuple[Requirement, ...]] = {
    Act.SUBMIT: (_authorised,),
    Act.REVOKE_AUTHORISATION: (_revocable,),
    Act.REQUEST_CORRECTION: (_no_correction_open,),
    Act.ACCEPT: (_authorised,),
    Act.AID_FIRST: (_aid_first, _not_by(Act.ACCEPT)),
    Act.START_INVESTIGATION: (_within_procedure(Act.START_INVESTIGATION),),
    Act.SIGN_INVESTIGATION: (_second_investigator,),
    Act.REQUEST_CHECK: (_within_procedure(Act.REQUEST_CHECK), _authorised),
    Act.RECORD_CHECK: (_authorised,),
    Act.GIVE_OPINION: (
        _investigated,
        _checked,
        _not_by(Act.ACCEPT),
    ),
    Act.PUBLISH_NOTICE: (_within_procedure(Act.PUBLISH_NOTICE), _favourable),
    Act.END_NOTICE: (_notice_over,),
    Act.FORWARD: (_forwardable,),
    Act.APPROVE: (
        _every_step,
        _favourable,
        _visited_by_county,
        _not_by(Act.ACCEPT, Act.RECORD_INVESTIGATION, Act.SIGN_INVESTIGATION, Act.GIVE_OPINION, Act.FORWARD),
        _not_by(Act.ENTER_ACCOUNT),
    ),
    Act.REJECT: (
        _visited_by_county,
        _not_by(Act.ACCEPT, Act.RECORD_INVESTIGATION, Act.SIGN_INVESTIGATION, Act.GIVE_OPINION),
    ),
    Act.EXTEND: (_extendable,),
    Act.CLOSE: (_expired,),
    Act.SETTLE_APPEAL: (_appeal_open,),
    Act.ANSWER_REFERRAL: (_referral_open,),
    Act.HEAR: (_hearing_due,),
    Act.DECIDE_ADJUSTMENT: (_heard, _not_by(Act.PROPOSE_ADJUSTMENT, Act.HEAR)),
}


# Steps of the office in which nobody takes part who acts for the family.
JUDGING = (
    Act.ACCEPT, Act.RECORD_INVESTIGATION, Act.SIGN_INVESTIGATION, Act.GIVE_OPINION, Act.END_NOTICE, Act.FORWARD,
    Act.VISIT_BY_COUNTY, Act.RETURN, Act.APPROVE, Act.REJECT, Act.AID_FIRST, Act.RECORD_REVIEW,
    Act.PROPOSE_ADJUSTMENT, Act.DECIDE_ADJUSTMENT,
)  # fmt: skip
REQUIREMENTS = {**REQUIREMENTS, **{act: (*REQUIREMENTS.get(act, ()), _no_proxy) for act in JUDGING}}


def refusals(act: Act, *, facts: CaseFacts, edition: Edition, actor: int, today: date) -> list[str]:
    """This function will return why an act may not be done now, each reason with what to do; empty means it may."""
    checks = REQUIREMENTS.get(act, ())
    return [said for check in checks if (said := check(facts, edition, actor, today)) is not None]


def source_labels(edition: Edition) -> list[tuple[str, str]]:
    """This function will return the sources that the procedure checks, with their names."""
    return [(code, CHECK_SOURCES[code].label) for code in edition.sources]

"""Pure decisions: which grounds refuse what, when a consent is needed and how, how long an answer may take."""

from datetime import date, timedelta

from minsheng.records.privacy.types import Activity, AskedBy, ConsentCategory, Ground, RequestKind

# 演示参数: GB/T 35273-2020 第8.7条 says thirty days; the article was not read in the original. PIPL Art 50 names none.
ANSWER_WITHIN_DAYS = 30
CHILD_YEARS = 14  # 个人信息保护法第二十八条、第三十一条
ADULT_YEARS = 18  # 民法典第十七条

LOOKED = frozenset({RequestKind.ACCESS, RequestKind.COPY})
GROUNDS = {
    one.code: one
    for one in (
        Ground("secrecy", "法律、行政法规规定应当保密", "第四十五条第一款、第十八条第一款", LOOKED),
        Ground("duty", "告知将妨碍国家机关履行法定职责", "第四十五条第一款、第三十五条", LOOKED),
        Ground(
            "kept_by_law", "法律、行政法规规定的保存期限未届满", "第四十七条第二款", frozenset({RequestKind.DELETION})
        ),
        Ground(
            "needed", "处理目的尚未实现，没有第一款规定的情形", "第四十七条第一款", frozenset({RequestKind.DELETION})
        ),
        Ground("technical", "删除在技术上难以实现", "第四十七条第二款", frozenset({RequestKind.DELETION})),
        Ground("correct", "经核实，登记的内容准确、完整", "第四十六条第二款", frozenset({RequestKind.CORRECTION})),
        Ground("not_entitled", "不是本人、监护人或死者的近亲属", "第四十五条、第四十九条", frozenset(RequestKind)),
    )
}
# A deletion that cannot be done leaves a duty behind: nothing but storing and protecting (Art 47 paragraph 2).
ONLY_STORED = frozenset({"kept_by_law", "technical"})
REMEDY = "对答复不服的，可以依法向人民法院起诉（个人信息保护法第五十条第二款），或向区网信办、区民政局投诉。"

ACTIVITIES = {
    one.code: one
    for one in (
        Activity(
            "assistance", "认定和发放救助、补贴", "履行法定职责（第十三条第一款第三项；社会救助法）",
            False, True, "", "1",
        ),
        Activity("visiting", "探访关爱、早期预警", "履行法定职责（第十三条第一款第三项）", False, True, "", "1"),
        Activity(
            "charity", "把困难情况转给慈善组织，请它们帮忙", "本人同意（第十三条第一款第一项、第二十三条）", True, True,
            "我们会把姓名、电话和家里的困难告诉本人选的慈善组织，只用来帮忙。不同意不影响任何待遇。随时可以收回。", "1",
        ),
        Activity(
            "clinic", "把健康情况转给家庭医生", "本人同意（第十三条第一款第一项、第二十三条）", True, True,
            "我们会把健康和护理情况告诉签约的家庭医生。不同意不影响任何待遇。随时可以收回。", "1",
        ),
        Activity(
            "photo", "活动照片用于宣传", "本人同意（第十三条第一款第一项、第二十五条）", True, False,
            "照片可能登在社区的公告栏和公众号上。不同意也能参加活动。随时可以收回。", "1",
        ),
        Activity(
            "survey", "电话回访，听意见", "本人同意（第十三条第一款第一项）", True, False,
            "一年最多打两次电话。不同意不影响任何待遇。随时可以收回。", "1",
        ),
    )
}  # fmt: skip


def age_on(born: date, on: date) -> int:
    """This function will return the full years of age on a day; who is born on 29 February has it on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def due_date(received: date) -> date:
    """This function will return the last day for an answer."""
    return received + timedelta(days=ANSWER_WITHIN_DAYS)


def category_of(activity: Activity, *, born: date | None, on: date) -> ConsentCategory:
    """This function will say how the consent to an activity must be given by a person on a day.

    Under fourteen every datum is sensitive and the guardian consents (Art 28, 31); whose age is not known is asked, not
    guessed: the caller refuses.
    """
    if born is not None and age_on(born, on) < CHILD_YEARS:
        return ConsentCategory.GUARDIAN
    return ConsentCategory.SEPARATE if activity.sensitive else ConsentCategory.PLAIN


def refusal_of_consent(
    activity: Activity | None,
    *,
    born: date | None,
    giver_born: date | None,
    by_self: bool,
    same_household: bool,
    activities: int,
    on: date,
) -> str | None:
    """This function will say why a consent cannot be recorded so, or None where it can."""
    if activity is None:
        return "没有这一项用途。请从清单中选。"
    if not activity.needs_consent:
        return f"“{activity.label}”是{activity.basis}，不需要同意，也不能让本人签同意书。"
    if born is None:
        return "不知道本人的出生日期，不能判断要不要监护人同意。请先登记出生日期。"
    category = category_of(activity, born=born, on=on)
    if category is ConsentCategory.GUARDIAN:
        if by_self:
            return "未满十四周岁，要由父母或其他监护人同意（个人信息保护法第三十一条）。"
        if not same_household:
            return "监护人要是同一户登记的家人。不住在一起的监护人，请先登记监护关系。"
    if not by_self and (giver_born is None or age_on(giver_born, on) < ADULT_YEARS):
        return "代为同意的人要满十八周岁，并且登记了出生日期。"
    if category is not ConsentCategory.PLAIN and activities > 1:
        return "敏感的资料要逐项单独同意，不能几项一起签（个人信息保护法第二十九条）。"
    return None


def refusal_of_answer(kind: RequestKind, ground: str) -> str | None:
    """This function will say why a ground cannot refuse such a request, or None where it can."""
    known = GROUNDS.get(ground)
    if known is None:
        return "请选不予办理的理由。"
    if kind not in known.kinds:
        return f"“{known.label}”不能用来拒绝“{kind.label}”。请选适用的理由。"
    return None


def refusal_of_request(asked_by: AskedBy, *, born: date | None, dead: bool, on: date) -> str | None:
    """This function will say why somebody may not ask for a person, or None where they may."""
    if asked_by is AskedBy.NEAR_RELATIVE and not dead:
        return "近亲属只能替去世的人提出（个人信息保护法第四十九条）。本人在世的，请本人或监护人提出。"
    if asked_by is AskedBy.SELF and dead:
        return "登记的是本人已去世。请近亲属提出，或先核对登记。"
    if asked_by is AskedBy.SELF and born is not None and age_on(born, on) < CHILD_YEARS:
        return "未满十四周岁，请监护人提出（个人信息保护法第三十一条）。"
    return None

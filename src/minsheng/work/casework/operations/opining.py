"""Opinion, public notice, objections, and the way to confirmation."""

import secrets
from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.wording import yuan
from minsheng.foundation.sealing import operations as sealing
from minsheng.work.casework.acting import UnableToProceed, acting_on, today_of, words
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Case, Notice, Objection, Opinion
from minsheng.work.casework.rules.clock import notice_last_day
from minsheng.work.casework.sealed_columns import CONTACT
from minsheng.work.casework.types import Act
from minsheng.work.casework.working import is_monthly, title_of, work_out

SYSTEM = "system"


class UnableToFindNotice(LookupError):
    """No notice runs at this address: it ended, or there never was one. The answer is the same for both."""

    def __init__(self) -> None:
        super().__init__("这里没有正在公示的内容。公示期满后内容会撤下；如果是扫码来的，请核对二维码，或到社区询问。")


def give_opinion(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    favourable: bool,
    words_said: str,
    scheme: str = "",
) -> None:
    """This function will give the street's preliminary opinion of this round; a favourable one rests on the working.

    Amounts in fen, never typed: per month, or once for relief (临时救助).
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.GIVE_OPINION) as work:
        chosen = scheme or work.case.scheme
        worked = work_out(work, scheme=chosen)
        if favourable and not worked.entitled:
            raise UnableToProceed(
                "按现在登记的情况算出来不符合条件，不能出具同意的意见。请核对事实，或出具不同意的意见。"
            )
        text = words(words_said, what="意见和理由")
        work.case.scheme = chosen
        Opinion.objects.create(
            case=work.case,
            area_id=work.case.area_id,
            round=work.case.round,
            scheme=chosen,
            favourable=favourable,
            amount_fen=worked.amount_fen if favourable else 0,
            household_size=worked.household_size,
            words=text,
            frozen=worked.frozen,
            frozen_sha256=worked.sha256,
            given_by=actor.account_id,
            given_at=at,
        )
        # The new opinion is the answer to what was said against the last notice.
        Objection.objects.filter(notice__case=work.case, settled_at__isnull=True).update(settled_at=at, answer=text)
        work.done(note=text, detail={"favourable": favourable, "amount_fen": worked.amount_fen})


def publish_notice(*, actor: Viewer, at: datetime, case_id: int, place: str) -> str:
    """This function will post the public notice for its days and return the token of its address."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.PUBLISH_NOTICE) as work:
        case = work.case
        opinion = Opinion.objects.get(case=case, round=case.round)
        last = notice_last_day(posted=work.today, days=work.edition.notice_days)
        where = words(place, what="张贴的地点", most=120)
        notice = Notice.objects.create(
            case=case,
            area_id=case.area_id,
            round=case.round,
            token=secrets.token_urlsafe(24),
            scheme_title=title_of(opinion.scheme),
            name=case.subject_name,
            household_size=opinion.household_size,
            amount_fen=opinion.amount_fen,
            monthly=is_monthly(opinion.scheme),
            place=where,
            office=actor.area_name,
            starts_date=work.today,
            last_date=last,
        )
        issue(
            work,
            kind="notice",
            opening=(
                f"经调查核对，拟同意下面的申请，现公示 {work.edition.notice_days} 天"
                f"（{work.today.isoformat()} 至 {last.isoformat()}）。"
            ),
            headings=("申请人", "家庭人数", "金额（元）"),
            rows=[(notice.name, f"{notice.household_size}", yuan(notice.amount_fen))],
        )
        work.done(detail={"notice": notice.pk, "last_date": last.isoformat()})
        return notice.token


def lodge_objection(*, token: str, at: datetime, words_said: str, contact: str = "") -> None:
    """This function will take what anybody says against a running notice; the name of who says it is not asked.

    It is done as the system account: the public sees one notice by its address and nothing else.
    """
    with acting_as(viewer=_system(at), at=at) as system:
        notice = Notice.objects.filter(token=token, taken_down_date__isnull=True, last_date__gte=today_of(at)).first()
        if notice is None:
            raise UnableToFindNotice
        _object(notice, actor=system, at=at, words_said=words_said, contact=contact)


def record_objection(*, actor: Viewer, at: datetime, case_id: int, words_said: str, contact: str = "") -> None:
    """This function will record an objection that came by telephone or at the counter."""
    with acting_as(viewer=actor, at=at):
        notice = Notice.objects.filter(case_id=case_id, taken_down_date__isnull=True).order_by("-id").first()
        if notice is None:
            raise UnableToProceed("现在没有正在公示的内容。公示期满以后的意见，请作为信访或投诉登记。")
        _object(notice, actor=actor, at=at, words_said=words_said, contact=contact)


def _object(notice: Notice, *, actor: Viewer, at: datetime, words_said: str, contact: str) -> None:
    with acting_on(actor=actor, at=at, case_id=notice.case_id, act=Act.OBJECT) as work:
        said = Objection.objects.create(
            notice=notice,
            area_id=work.case.area_id,
            words=words(words_said, what="您的意见"),
            said_at=at,
        )
        if contact.strip():
            said.contact_sealed = sealing.seal(context=CONTACT, row_id=said.pk, value=contact.strip()[:100])
            said.save(update_fields=["contact_sealed"])
        work.done(detail={"objection": said.pk})


def _system(at: datetime) -> Viewer:
    number = accounts.account_id(username=SYSTEM)
    assert number is not None, "an installation has its system account"
    return get_viewer(account_id=number, name="系统", username=SYSTEM, at=at)


def reinvestigate(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will reopen the investigation after an objection: new visit, new opinion, new notice."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REINVESTIGATE) as work:
        _take_down(work.case, at)
        work.case.round += 1
        work.done()


def end_notice(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will take the notice down after its days passed without objection and send the file on."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.END_NOTICE) as work:
        _take_down(work.case, at)
        work.done()


def forward(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will send a file on that needs no notice: the law provides none, or the opinion is negative."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.FORWARD) as work:
        work.done()


def return_case(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will send the file back for more investigation; the round begins anew."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RETURN) as work:
        text = words(reason, what="退回的原因和要补的内容")
        work.case.round += 1
        work.done(note=text)


def _take_down(case: Case, at: datetime) -> None:
    Notice.objects.filter(case=case, taken_down_date__isnull=True).update(taken_down_date=today_of(at))


__all__ = [
    "UnableToFindNotice",
    "end_notice",
    "forward",
    "give_opinion",
    "lodge_objection",
    "publish_notice",
    "record_objection",
    "reinvestigate",
    "return_case",
]

"""Investigation by two people: one records, another signs with an account of their own; and the bureau's own visit."""

from datetime import date, datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.acting import UnableToProceed, Work, acting_on, words
from minsheng.work.casework.models import Investigation
from minsheng.work.casework.types import Act

METHODS = {
    "home": "入户调查",
    "neighbours": "邻里访问",
    "letters": "信函索证",
    "remote": "电话、视频（突发事件期间）",
}


def start_investigation(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will begin the investigation, within 3 working days of acceptance (57号 Art 15)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.START_INVESTIGATION) as work:
        work.done()


def record_investigation(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    method: str,
    visited_date: date,
    interviewee: str,
    observations: str,
    family_signed: bool,
    place: str = "",
) -> int:
    """This function will record what the first investigator found; it counts once a second one has signed."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RECORD_INVESTIGATION) as work:
        number = _record(work, method, visited_date, interviewee, observations, family_signed, place, by_county=False)
        work.done(detail={"investigation": number, "method": method})
        return number


def sign_investigation(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will add the second investigator's signature; it must be somebody else's (57号 Art 16)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SIGN_INVESTIGATION) as work:
        row = (
            Investigation.objects.select_for_update(no_key=True)
            .filter(case=work.case, round=work.case.round, signed_at__isnull=True, by_county=False)
            .order_by("id")
            .first()
        )
        assert row is not None, "the requirement was checked"
        if row.first_id == actor.account_id:
            raise UnableToProceed("调查要两个人。您已经是第一调查人，请另一名调查人用自己的账号签字（57号第十六条）。")
        row.second_id, row.second_name, row.signed_at = actor.account_id, actor.name, at
        row.save(update_fields=["second_id", "second_name", "signed_at"])
        work.done(detail={"investigation": row.pk})


def visit_by_county(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    visited_date: date,
    interviewee: str,
    observations: str,
    family_signed: bool,
) -> int:
    """This function will record the bureau's home visit, due for near relatives and complaints (57号 Art 11, 20)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.VISIT_BY_COUNTY) as work:
        number = _record(work, "home", visited_date, interviewee, observations, family_signed, "", by_county=True)
        work.done(detail={"investigation": number})
        return number


def _record(
    work: Work,
    method: str,
    visited_date: date,
    interviewee: str,
    observations: str,
    family_signed: bool,
    place: str,
    *,
    by_county: bool,
) -> int:
    if method not in METHODS:
        raise UnableToProceed("请选调查的方式。")
    if visited_date > work.today:
        raise UnableToProceed("调查日期不能在今天以后。")
    row = Investigation.objects.create(
        case=work.case,
        area_id=work.case.area_id,
        round=work.case.round,
        method=method,
        visited_date=visited_date,
        place=place.strip()[:120],
        interviewee=words(interviewee, what="向谁调查的", most=60),
        observations=words(observations, what="调查看到、听到的情况", most=2000),
        family_signed=family_signed,
        by_county=by_county,
        first_id=work.actor.account_id,
        first_name=work.actor.name,
    )
    return int(row.pk)

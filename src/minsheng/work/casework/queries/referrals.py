"""What was handed to other departments and social forces, and what they said."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework.models import Referral
from minsheng.work.casework.rules.partners import PARTNERS, REFERRAL_OUTCOMES


@dataclass(frozen=True)
class ReferralLine:
    """One referral: to whom, what for, by when an answer is expected, and the answer."""

    id: int
    case_id: int | None
    joint_id: int | None
    name: str
    partner: str
    member: str
    need: str
    referred_at: datetime
    due_date: date | None
    outcome: str
    answer: str
    answered_at: datetime | None
    late: bool


def referral_lines(at: datetime, rows: Q, most: int = 200) -> list[ReferralLine]:
    """This function will return the chosen referrals that the viewer sees, the nearest day of an answer first."""
    today = at.astimezone(BUSINESS_ZONE).date()
    found = (
        Referral.objects.filter(rows)
        .select_related("member")
        .annotate(case_name=F("case__subject_name"), joint_name=F("joint__subject_name"))
    )
    return [
        ReferralLine(
            id=row.pk,
            case_id=row.case_id,
            joint_id=row.joint_id,
            name=row.case_name or row.joint_name or "",
            partner=PARTNERS.get(row.partner, row.partner),
            member=row.member.name if row.member else "",
            need=row.need,
            referred_at=row.referred_at,
            due_date=row.due_date,
            outcome=REFERRAL_OUTCOMES.get(row.outcome, ""),
            answer=row.answer,
            answered_at=row.answered_at,
            late=row.answered_at is None and row.due_date is not None and row.due_date < today,
        )
        for row in found.order_by(F("due_date").asc(nulls_last=True), "id")[:most]
    ]


def referrals_waiting(*, viewer: Viewer, at: datetime) -> list[ReferralLine]:
    """This function will list the referrals of the viewer's areas that wait for an answer, the nearest day first."""
    require(viewer=viewer, capability="casework.view")
    return referral_lines(at, Q(answered_at__isnull=True))

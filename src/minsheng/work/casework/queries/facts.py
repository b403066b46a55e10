"""What the rules may know of a case, read from its tables."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery

from minsheng.foundation.accounts.queries import accounts_of_same_person
from minsheng.work.casework.models import (
    Adjustment,
    Authorisation,
    Case,
    CaseAct,
    Check,
    Decision,
    Investigation,
    Notice,
    Objection,
    Opinion,
    Proxy,
    standing_for,
)
from minsheng.work.casework.types import UNDECIDED, Act, CaseFacts, CheckState, Done, Outcome, Status


def acts_of(case: Case) -> tuple[Done, ...]:
    """This function will return the acts done to a case, in their order."""
    rows = CaseAct.objects.filter(case=case).order_by("id").values_list("act", "account_id", "day_date", "round")
    return tuple(Done(Act(act), account, day, number) for act, account, day, number in rows)


def acts_by_case(case_ids: Iterable[int]) -> dict[int, tuple[Done, ...]]:
    """This function will return the acts of several cases, each in their order, by one statement."""
    found: dict[int, list[Done]] = {}
    rows = CaseAct.objects.filter(case_id__in=case_ids).order_by("id")
    for case_id, act, account, day, number in rows.values_list("case_id", "act", "account_id", "day_date", "round"):
        found.setdefault(case_id, []).append(Done(Act(act), account, day, number))
    return {case_id: tuple(acts) for case_id, acts in found.items()}


def facts_of(case: Case, *, today: date, person: int, name: str, acts: tuple[Done, ...] | None = None) -> CaseFacts:
    """This function will gather what decides whether an act is allowed today, as `person`'s account sees it.

    What another account of the same human being did counts as done by this one: duties are separated by person. So is
    who ever was the applicant's proxy; a proxy of the same `name` without an account of ours is taken for the same.
    `acts` are given by who has read them already.
    """
    own = accounts_of_same_person(account_id=person)
    signed = Investigation.objects.filter(case=case, round=case.round, by_county=False).values_list(
        "signed_at", flat=True
    )
    states = [CheckState(state) for state in Check.objects.filter(standing_for(case)).values_list("state", flat=True)]
    beside = _beside(case)
    objections = list(Objection.objects.filter(notice__case=case).values_list("settled_at", flat=True))
    proposed = (
        Adjustment.objects.filter(case=case, dropped_at__isnull=True, notified_at__isnull=True)
        .values_list("outcome", "heard_at")
        .first()
    )
    decided = Status(case.status) not in UNDECIDED and Status(case.status) is not Status.DRAFT
    authorised = Authorisation.objects.filter(
        standing_for(case), withdrawn_at__isnull=True, valid_from__lte=today, valid_to__gt=today
    ).exists()
    return CaseFacts(
        status=Status(case.status),
        round=case.round,
        delegated=case.delegated,
        relative_flag=bool(case.relative_flag),
        complaint=bool(objections),
        acts=tuple(
            replace(done, account_id=person) if done.account_id in own else done
            for done in (acts_of(case) if acts is None else acts)
        ),
        investigations_signed=sum(at is not None for at in signed),
        investigations_open=sum(at is None for at in signed),
        checks_asked=len(states),
        checks_unsettled=sum(not state.settled for state in states),
        authorised=authorised,
        favourable=beside["favourable"],
        notice_last_day=beside["notice_last"],
        objections_open=sum(at is None for at in objections),
        hearing_done=bool(proposed and proposed[1]),
        adjustment=Outcome(proposed[0]) if proposed else None,
        valid_until=Decision.objects.filter(case=case).order_by("-id").values_list("end_date", flat=True).first()
        if decided
        else None,
        appeals_open=beside["appeals_waiting"],
        referrals_open=beside["referrals_waiting"],
        acts_as_proxy=any(
            account in own if account is not None else called == plain_name(name)
            for account, called in Proxy.objects.filter(case=case).values_list("account_id", "name")
        ),
    )


def plain_name(shown: str) -> str:
    """This function will return a person's name without what a display name adds in brackets."""
    return shown.partition("（")[0].strip()


def _beside(case: Case) -> dict[str, Any]:
    """The opinion and notice of this round, and how many appeals and referrals wait: one statement."""
    this_round = {"case": OuterRef("pk"), "round": case.round}
    found: dict[str, Any] = dict(
        Case.objects.filter(pk=case.pk)
        .annotate(
            favourable=Subquery(Opinion.objects.filter(**this_round).values("favourable")[:1]),
            notice_last=Subquery(Notice.objects.filter(**this_round).values("last_date")[:1]),
            appeals_waiting=Count("appeals", filter=Q(appeals__settled_at__isnull=True), distinct=True),
            referrals_waiting=Count("referrals", filter=Q(referrals__answered_at__isnull=True), distinct=True),
        )
        .values("favourable", "notice_last", "appeals_waiting", "referrals_waiting")
        .get()
    )
    return found

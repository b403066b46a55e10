"""What the rules may know of a case, read from its tables."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db import connection

from minsheng.foundation.accounts.queries import accounts_of_same_person
from minsheng.work.casework.models import Case, CaseAct
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
    beside = _beside(case, today)
    done = acts_of(case) if acts is None else acts
    states = [CheckState(state) for state in beside.checks]
    decided = Status(case.status) not in UNDECIDED and Status(case.status) is not Status.DRAFT
    outcome, heard = beside.adjustment or (None, False)
    return CaseFacts(
        status=Status(case.status),
        round=case.round,
        delegated=case.delegated,
        relative_flag=bool(case.relative_flag),
        complaint=bool(beside.objections_settled),
        acts=tuple(replace(one, account_id=person) if one.account_id in own else one for one in done),
        investigations_signed=beside.investigations_signed.count(True),
        investigations_open=beside.investigations_signed.count(False),
        checks_asked=len(states),
        checks_unsettled=sum(not state.settled for state in states),
        authorised=beside.authorised,
        favourable=beside.favourable,
        notice_last_day=beside.notice_last_day,
        objections_open=beside.objections_settled.count(False),
        hearing_done=heard,
        adjustment=Outcome(outcome) if outcome else None,
        valid_until=beside.end_date if decided else None,
        appeals_open=beside.appeals_open,
        referrals_open=beside.referrals_open,
        acts_as_proxy=any(
            account in own if account is not None else called == plain_name(name) for account, called in beside.proxies
        ),
    )


def plain_name(shown: str) -> str:
    """This function will return a person's name without what a display name adds in brackets."""
    return shown.partition("（")[0].strip()


# What lies beside the case row, as one statement: every act on a case asks for all of it. Authorisations and checks are
# the case's own and those of its joint application that cover it (models.standing_for says the same).
_BESIDE = """
SELECT
    (SELECT favourable FROM casework_opinion WHERE case_id = %(case)s AND round = %(round)s LIMIT 1),
    (SELECT last_date FROM casework_notice WHERE case_id = %(case)s AND round = %(round)s LIMIT 1),
    ARRAY(SELECT o.settled_at IS NOT NULL FROM casework_objection o JOIN casework_notice n ON n.id = o.notice_id
          WHERE n.case_id = %(case)s),
    ARRAY(SELECT signed_at IS NOT NULL FROM casework_investigation
          WHERE case_id = %(case)s AND round = %(round)s AND NOT by_county),
    ARRAY(SELECT state::text FROM casework_check
          WHERE case_id = %(case)s OR (joint_id = %(joint)s AND covers @> ARRAY[%(case)s]::bigint[])),
    EXISTS (SELECT FROM casework_authorisation
            WHERE (case_id = %(case)s OR (joint_id = %(joint)s AND covers @> ARRAY[%(case)s]::bigint[]))
              AND withdrawn_at IS NULL AND valid_from <= %(today)s AND valid_to > %(today)s),
    (SELECT jsonb_build_array(outcome, heard_at IS NOT NULL)::text FROM casework_adjustment
     WHERE case_id = %(case)s AND dropped_at IS NULL AND notified_at IS NULL ORDER BY id LIMIT 1),
    (SELECT end_date FROM casework_decision WHERE case_id = %(case)s ORDER BY id DESC LIMIT 1),
    (SELECT count(*) FROM casework_appeal WHERE case_id = %(case)s AND settled_at IS NULL),
    (SELECT count(*) FROM casework_referral WHERE case_id = %(case)s AND answered_at IS NULL),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(account_id, name)), '[]')::text FROM casework_proxy
     WHERE case_id = %(case)s)
"""


class _Beside(NamedTuple):
    favourable: bool | None
    notice_last_day: date | None
    objections_settled: list[bool]
    investigations_signed: list[bool]
    checks: list[str]
    authorised: bool
    adjustment: tuple[str, bool] | None
    end_date: date | None
    appeals_open: int
    referrals_open: int
    proxies: list[tuple[int | None, str]]


def _beside(case: Case, today: date) -> _Beside:
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, {"case": case.pk, "round": case.round, "joint": case.joint_id, "today": today})
        row = _Beside(*cursor.fetchone())
    adjustment = json.loads(str(row.adjustment)) if row.adjustment is not None else None
    return row._replace(adjustment=adjustment, proxies=json.loads(str(row.proxies)))

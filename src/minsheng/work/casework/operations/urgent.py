"""Help first, papers afterwards (社会救助法 Art 50; 民发〔2018〕23号 二(二)); relief given becomes a fact."""

from datetime import date, datetime, timedelta

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import publish
from minsheng.foundation.pages.wording import yuan
from minsheng.records.registry import operations as registry
from minsheng.records.registry import queries as registry_queries
from minsheng.records.registry.types import SubjectKind
from minsheng.work.casework.acting import UnableToProceed, acting_on, words
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Decision
from minsheng.work.casework.paying import give_relief
from minsheng.work.casework.types import Act, Outcome
from minsheng.work.casework.working import decide, granted, work_out


def aid_first(*, actor: Viewer, at: datetime, case_id: int, amount_fen: int, reason: str) -> int:
    """This function will decide urgent aid at once and return the decision's id.

    `amount_fen` is at most what the rulebook gives for the emergency as it is registered; the papers follow.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.AID_FIRST) as work:
        worked = work_out(work, scheme=work.case.scheme)
        if not worked.entitled:
            raise UnableToProceed("按登记的情况还不是规定的急难。请先登记是什么急难、多严重、哪一天发生的。")
        if not 0 < amount_fen <= worked.amount_fen:
            raise UnableToProceed(
                f"金额要大于 0、不超过 {yuan(worked.amount_fen)} 元（这样的急难按规定一次最多给这么多）。"
                "确需超过的，请提请个案会商。"
            )
        decision = decide(
            work,
            outcome=Outcome.ADVANCE,
            worked=worked,
            amount_fen=amount_fen,
            start=work.today,
            end=None,
            reason=reason,
        )
        issue(
            work,
            kind="advance",
            opening=f"您遇到的急难，先救助 {yuan(amount_fen)} 元。",
            lines=[f"理由：{reason.strip()}", f"依据：{work.edition.basis}。"],
        )
        give_relief(work, decision)
        work.done(note=reason, detail={"decision": decision.pk, "amount_fen": amount_fen})
        publish(granted(work.case, decision, at), at=at, area_id=work.case.area_id)
        return int(decision.pk)


def supply_papers(*, actor: Viewer, at: datetime, case_id: int, note: str) -> None:
    """This function will complete the file after the aid: what happened, who confirmed it, signatures."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SUPPLY_PAPERS) as work:
        work.done(note=words(note, what="补了哪些手续、谁签字"))


RECEIVED, OUR_OWN = "temporary_aid_received", "welfare"
_GIVEN = [Outcome.GRANT.value, Outcome.ADVANCE.value]


def note_relief(*, actor: Viewer, at: datetime, decision_id: int) -> None:
    """This function will state in the registry how much relief (fen) its person was given this year, ours included.

    What others had given stands below: the fact as it was known before our first decision of the year. Safe to repeat.
    """
    require(viewer=actor, capability="casework.check")
    with acting_as(viewer=actor, at=at):
        decision = Decision.objects.select_related("case").get(pk=decision_id)
        case, day = decision.case, decision.decided_at.astimezone(BUSINESS_ZONE).date()
        person, new_year = case.person_id or case.applicant_id, date(day.year, 1, 1)
        given = Decision.objects.filter(monthly=False, outcome__in=_GIVEN, decided_at__lte=decision.decided_at)
        ours = [
            one
            for one in given.select_related("case").order_by("decided_at", "id")
            if (one.case.person_id or one.case.applicant_id) == person
            and one.decided_at.astimezone(BUSINESS_ZONE).date() >= new_year
        ]
        known_at = ours[0].decided_at - timedelta(microseconds=1)
        found = registry_queries.household_facts(
            viewer=actor, household_id=case.household_id, as_of=day, known_at=known_at
        )
        before = found.facts.get((person, RECEIVED)) if found is not None else None
        others = before.value if before is not None and isinstance(before.value, int) else 0
        try:
            registry.record_statement(
                actor=actor,
                at=at,
                subject_kind=SubjectKind.PERSON,
                subject_id=person,
                source=OUR_OWN,
                values={RECEIVED: others + sum(one.amount_fen for one in ours)},
                valid_from=decision.start_date or day,
                valid_to=date(day.year + 1, 1, 1),
            )
        except registry.UnableToRecordStatement as refusal:
            if "没有重复保存" not in str(refusal):
                raise

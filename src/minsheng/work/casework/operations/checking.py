"""The economic check (核对): ask under an authorisation, take answers, hear objections, ask again."""

from datetime import date, datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.foundation.calendars.rules import UnableToCountWorkingDays, add_working_days
from minsheng.foundation.calendars.types import WorkingDays
from minsheng.foundation.events.operations import publish
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.records.registry import operations as registry
from minsheng.records.registry import queries as registry_queries
from minsheng.records.registry.types import SubjectKind, Value
from minsheng.records.registry.vocabulary import read_value, stored_value
from minsheng.work.casework.acting import UnableToProceed, Work, acting_on, journal, today_of, words
from minsheng.work.casework.checking.asking import Answer, Mandate, Provider, Question, UnableToAsk
from minsheng.work.casework.events import CheckAnswered
from minsheng.work.casework.models import Authorisation, Case, Check, standing_for
from minsheng.work.casework.operations.proxies import by_proxy
from minsheng.work.casework.rules.papers import CHECK_SOURCES
from minsheng.work.casework.rules.transitions import status_after
from minsheng.work.casework.types import Act, CheckState, ProxyScope, Status

ANSWER_WITHIN = WorkingDays(5)  # 演示参数: how long a source may take is agreed with each department


def request_check(*, actor: Viewer, at: datetime, case_id: int) -> int:
    """This function will ask every source that is authorised, or ask again those that are late or objected to.

    What another part of the joint application asked today under the same authorisation is not asked again: this case
    stands on it too. Returns how many questions went out; the answers come by `casework.ask_sources`, or by hand.
    """
    from minsheng.work.casework.jobs import ask_sources

    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REQUEST_CHECK) as work:
        given = _authorisation(work.case, at)
        missing = [CHECK_SOURCES[code].label for code in work.edition.sources if code not in given.sources]
        if missing:
            raise UnableToProceed(f"授权书里缺少：{'、'.join(missing)}。请先请本人补签授权。")
        found = registry_queries.household_facts(
            viewer=actor, household_id=work.case.household_id, as_of=work.today, known_at=at
        )
        if found is None:
            raise UnableToProceed("这一户已经不在您的辖区内。请先移交。")
        facts = {key: fact.value for key, fact in found.facts.items()}
        people = given.person_ids if work.case.person_id is None else [work.case.person_id]
        due = _due(at)
        sent = shared = 0
        for code in work.edition.sources:
            source = CHECK_SOURCES[code]
            asked: list[tuple[SubjectKind, int, int | None, tuple[str, ...]]] = []
            if source.of_persons:
                asked += [(SubjectKind.PERSON, p, p, source.of_persons) for p in people]
            if source.of_household:
                asked.append((SubjectKind.HOUSEHOLD, work.case.household_id, None, source.of_household))
            for kind, number, person, attributes in asked:
                declared = {name: _json(name, facts.get((person, name))) for name in attributes}
                if _stands_on_another(work.case, given, code, kind, number, work.today):
                    shared += 1
                else:
                    sent += _ask(work.case, given, code, kind, number, declared, at, due)
        if not sent and not shared:
            raise UnableToProceed("所有来源都已经核对过，没有需要再问的。")
        note = f"{shared} 项与同一联办的其他事项共用一次核对，不重复问" if shared else ""
        work.done(note=note, detail={"questions": sent, "shared": shared})
        if sent:
            enqueue(ask_sources, case_id=work.case.pk)
        return sent


def revoke_authorisation(*, actor: Viewer, at: datetime, case_id: int, reason: str) -> None:
    """This function will end every authorisation of a case because the person wishes it: nothing more is asked by it.

    What was answered stays in the file; what was still waiting is asked again only under a new authorisation.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REVOKE_AUTHORISATION) as work:
        text = words(reason, what="谁撤回的、为什么", most=300)
        ended = list(Authorisation.objects.filter(standing_for(work.case), withdrawn_at__isnull=True))
        Authorisation.objects.filter(pk__in=[one.pk for one in ended]).update(withdrawn_at=at)
        waiting = Check.objects.filter(authorisation__in=ended, state=CheckState.ASKED.value)
        waiting.update(state=CheckState.LATE.value, note="本人撤回了授权，没有再问")
        work.done(note=text)
        _tell_the_others(work, {number for one in ended for number in one.covers}, f"{work.case.number} 里说：{text}")


def _tell_the_others(work: Work, case_ids: set[int], note: str) -> None:
    """One letter, one check: what was said of it in one part stands in the file of every part that it serves."""
    others = Case.objects.select_for_update(no_key=True).filter(pk__in=case_ids - {work.case.pk}).order_by("id")
    for other in others:
        if status_after(Status(other.status), work.act) is not None:
            journal(other, act=work.act, before=other.status, actor=work.actor, at=work.at, note=note)


def _authorisation(case: Case, at: datetime) -> Authorisation:
    today = today_of(at)
    given = (
        Authorisation.objects.filter(
            standing_for(case), withdrawn_at__isnull=True, valid_from__lte=today, valid_to__gt=today
        )
        .order_by("-id")
        .first()
    )
    if given is None:
        raise UnableToProceed("还没有有效的核对授权。请先请本人和家庭成员签核对授权书（57号第九条）。")
    return given


def _due(at: datetime) -> Any:
    today = today_of(at)
    try:
        return add_working_days(work_calendar(), today, ANSWER_WITHIN)
    except UnableToCountWorkingDays as problem:
        raise UnableToProceed(str(problem)) from problem


def _stands_on_another(
    case: Case, given: Authorisation, source: str, kind: SubjectKind, number: int, today: date
) -> bool:
    """Take the question that another part asked for the same: same letter, subject and day, not late, not contested."""
    if given.joint_id is None:
        return False
    asked = (
        Check.objects.select_for_update(no_key=True)
        .filter(authorisation=given, source=source, subject_kind=kind, subject_id=number)
        .exclude(covers__contains=[case.pk])
        .exclude(state__in=[CheckState.LATE.value, CheckState.OBJECTED.value, CheckState.REPLACED.value])
        .order_by("-id")
        .first()
    )
    if asked is None or today_of(asked.requested_at) != today:
        return False
    older = Check.objects.filter(standing_for(case), source=source, subject_kind=kind, subject_id=number)
    if older.exclude(state__in=[CheckState.LATE.value, CheckState.OBJECTED.value, CheckState.REPLACED.value]).exists():
        return False
    for before in older.exclude(state=CheckState.REPLACED.value).filter(covers__in=[[], [case.pk]]):
        before.state = CheckState.REPLACED.value
        before.save(update_fields=["state"])
    asked.covers = [*asked.covers, case.pk]
    asked.save(update_fields=["covers"])
    return True


def _ask(
    case: Case,
    given: Authorisation,
    source: str,
    kind: SubjectKind,
    number: int,
    declared: dict[str, Any],
    at: datetime,
    due: Any,
) -> int:
    """One question, unless it is settled or still waiting; a late or contested one is replaced by a new attempt."""
    last = (
        Check.objects.select_for_update(no_key=True)
        .filter(standing_for(case), source=source, subject_kind=kind, subject_id=number)
        .order_by("-id")
        .first()
    )
    if last is not None and CheckState(last.state) not in (CheckState.LATE, CheckState.OBJECTED):
        return 0
    if last is not None:
        last.state = CheckState.REPLACED.value
        last.save(update_fields=["state"])
    served = _served(case, given, last)
    Check.objects.create(
        case=case,
        joint=case.joint if served else None,
        covers=served,
        area_id=case.area_id,
        authorisation=given,
        source=source,
        subject_kind=kind.value,
        subject_id=number,
        purpose=given.purpose,
        state=CheckState.ASKED.value,
        attempt=last.attempt + 1 if last else 1,
        requested_at=at,
        due_date=due,
        declared=declared,
    )
    return 1


def _served(case: Case, given: Authorisation, last: Check | None) -> list[int]:
    """Whom a question of a joint application serves: this part, and those that stood on the attempt before it.

    A part that was decided meanwhile keeps the answer that it was decided on.
    """
    if given.joint_id is None:
        return []
    before = set(last.covers) & set(given.covers) if last is not None else set()
    rows = Case.objects.filter(pk__in=before).values_list("id", "status")
    still = {number for number, status in rows if status_after(Status(status), Act.REQUEST_CHECK) is not None}
    return sorted({case.pk} | still)


def collect_answers(*, actor: Viewer, at: datetime, case_id: int, source: Provider) -> int:
    """This function will put each waiting question of a case to the sources and take what they answer.

    Returns how many were answered. One that is still waiting past its day becomes late.
    """
    taken = late = 0
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RECORD_CHECK) as work:
        waiting = Check.objects.select_for_update(no_key=True, of=("self",)).filter(
            standing_for(work.case),
            state__in=[CheckState.ASKED.value, CheckState.LATE.value],
            authorisation__withdrawn_at__isnull=True,
        )
        for check in waiting.select_related("authorisation").order_by("id"):
            try:
                answer = source.ask(_question(check, at))
            except UnableToAsk as refusal:
                check.note = str(refusal)[:300]
                check.save(update_fields=["note"])
                continue
            if answer is not None:
                _take(work.case, check, answer, actor, at)
                taken += 1
            elif work.today > check.due_date and check.state != CheckState.LATE:
                check.state = CheckState.LATE.value
                check.save(update_fields=["state"])
                late += 1
        if taken or late:
            work.done(detail={"answered": taken, "late": late})
    return taken


def record_check(
    *, actor: Viewer, at: datetime, case_id: int, check_id: int, values: dict[str, object], reliability: int, note: str
) -> None:
    """This function will enter by hand what a source answered on paper or by telephone."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RECORD_CHECK) as work:
        mine = Check.objects.select_for_update(no_key=True, of=("self",)).filter(standing_for(work.case))
        check = mine.filter(pk=check_id).select_related("authorisation").first()
        if check is None or CheckState(check.state).settled:
            raise UnableToProceed("这一项核对已经有结果，或不在这一件里。")
        if check.authorisation.withdrawn_at is not None:
            raise UnableToProceed("本人撤回了这一项的授权，不能登记结果。请先请本人重新授权，再提请核对。")
        try:
            question = _question(check, at)
        except UnableToAsk as refusal:
            raise UnableToProceed(str(refusal)) from refusal
        if unknown := set(values) - set(question.attributes):
            raise UnableToProceed(f"这个来源不提供“{sorted(unknown)[0]}”。")
        if not 0 <= reliability <= 100:
            raise UnableToProceed("可信度是 0 到 100 的整数。")
        read = {name: read_value(name, stored_value(name, value)) for name, value in values.items()}
        _take(work.case, check, Answer(read, at, reliability, words(note, what="怎么得到的结果", most=300)), actor, at)
        work.done(detail={"check": check.pk})


def object_to_check(
    *, actor: Viewer, at: datetime, case_id: int, check_id: int, words_said: str, proxied: bool = False
) -> None:
    """This function will record that the person, or their proxy, contests a result: check it again (57号 Art 18)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.OBJECT_TO_CHECK) as work:
        mine = Check.objects.select_for_update(no_key=True).filter(standing_for(work.case))
        check = mine.filter(pk=check_id).first()
        if check is None or CheckState(check.state) not in (CheckState.HIT, CheckState.MISS, CheckState.CONTRADICTORY):
            raise UnableToProceed("只能对已经有结果的核对提出异议。")
        check.objection = words(words_said, what="异议的理由和证据", most=500)
        check.state = CheckState.OBJECTED.value
        check.save(update_fields=["objection", "state"])
        who, detail = by_proxy(work, scope=ProxyScope.SPEAK, acted=proxied)
        work.done(note=who, detail=detail | {"check": check.pk})
        _tell_the_others(work, set(check.covers), f"{work.case.number} 里对共用的这一次核对提出了异议")


def _question(check: Check, at: datetime) -> Question:
    given = check.authorisation
    source = CHECK_SOURCES[check.source]
    kind = SubjectKind(check.subject_kind)
    return Question(
        case_id=check.case_id,
        source=check.source,
        subject_kind=kind,
        subject_id=check.subject_id,
        attributes=source.of_persons if kind is SubjectKind.PERSON else source.of_household,
        purpose=check.purpose,
        attempt=check.attempt,
        asked_at=at,
        day=today_of(at),
        mandate=Mandate(
            frozenset(given.sources), frozenset(given.person_ids), given.purpose, given.valid_from, given.valid_to
        ),
    )


def _take(case: Case, check: Check, answer: Answer, actor: Viewer, at: datetime) -> None:
    source = CHECK_SOURCES[check.source]
    said: dict[str, Value] = dict(answer.values) or dict(source.absent)
    differs = any(
        check.declared.get(name) is not None and _json(name, value) != check.declared[name]
        for name, value in answer.values.items()
    )
    state = CheckState.CONTRADICTORY if differs else CheckState.HIT if answer.values else CheckState.MISS
    check.state, check.queried_at = state.value, answer.queried_at
    check.answers = {name: _json(name, value) for name, value in answer.values.items()}
    check.reliability, check.note = answer.reliability, answer.note
    if said:
        try:
            check.statement_id = registry.record_statement(
                actor=actor,
                at=at,
                subject_kind=SubjectKind(check.subject_kind),
                subject_id=check.subject_id,
                source=source.speaks_as,
                values=said,
                valid_from=today_of(at).replace(day=1),
                confidence=answer.reliability,
            )
        except registry.UnableToRecordStatement as refusal:
            check.note = f"{answer.note}；{refusal}"[:300]
    check.save()
    audit.record(
        actor=actor,
        at=at,
        action="casework.source_asked",
        object_type=f"registry.{check.subject_kind}",
        object_id=str(check.subject_id),
        area_id=case.area_id,
        purpose=check.purpose.partition("：")[0][:30],  # the numbers of the parts stand in the detail
        detail={
            "case": case.pk,
            "source": check.source,
            "authorisation": check.authorisation_id,
            "state": state.value,
        }
        | ({"serves": check.covers} if check.covers else {}),
    )
    publish(CheckAnswered(case.pk, check.pk, state.value, at), at=at, area_id=case.area_id)


def _json(name: str, value: Value) -> Any:
    return stored_value(name, value) if value is not None else None

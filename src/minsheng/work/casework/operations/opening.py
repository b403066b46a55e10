"""From a finding or a request to an application that is accepted: open, save, authorise, submit, correct, accept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.calendars.queries import work_calendar
from minsheng.records.registry import operations as registry
from minsheng.records.registry import queries as registry_queries
from minsheng.records.registry.types import HouseholdFacts, SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, UnableToReadValue, read_value, stored_value
from minsheng.work.casework.acting import (
    UnableToProceed,
    Work,
    acting_on,
    journal,
    set_due,
    today_of,
    words,
)
from minsheng.work.casework.forms import APPLICATION, field_names
from minsheng.work.casework.letters import issue
from minsheng.work.casework.models import Authorisation, Case, Delegation, JointApplication
from minsheng.work.casework.operations.proxies import by_proxy
from minsheng.work.casework.operations.referring import hand_on
from minsheng.work.casework.procedures import edition_of, edition_on
from minsheng.work.casework.rules.applicants import applicant_of
from minsheng.work.casework.rules.papers import CHECK_SOURCES, PAPERS, may_not_be_asked
from minsheng.work.casework.rules.wording import said
from minsheng.work.casework.types import Act, Origin, ProxyScope, Receipt, Status
from minsheng.work.eligibility import queries as eligibility

SIGNED_HOW = {"paper": "纸质签字", "electronic": "电子签名"}


@dataclass(frozen=True)
class SignedTogether:
    """One signature for several parts of a joint application: which, for what, and what it may ask.

    `given_id` is the authorisation once the first part has it; the others join it.
    """

    purpose: str
    numbers: tuple[str, ...]
    titles: tuple[str, ...]
    sources: tuple[str, ...]
    given_id: int | None = None


def open_case(
    *,
    actor: Viewer,
    at: datetime,
    procedure: str,
    scheme: str,
    household_id: int,
    person_id: int | None,
    origin: Origin,
    finding_id: int | None = None,
    joint: JointApplication | None = None,
) -> int:
    """This function will open a draft, prefilled from the registry, and return its id; it grants nothing.

    `person_id` is given exactly where the scheme is a person's, `joint` for a part of a joint application. Raises
    PurposeNeeded until a purpose is stated.
    """
    require(viewer=actor, capability="casework.draft")
    with acting_as(viewer=actor, at=at):
        today = today_of(at)
        edition = edition_on(procedure, today)
        if edition is None or scheme not in edition.schemes:
            raise UnableToProceed("这项政策今天没有可用的办理程序。请从政策页核对名称和日期。")
        registry.look_at_household(actor=actor, at=at, household_id=household_id, about="casework.open")
        found = registry_queries.household_facts(viewer=actor, household_id=household_id, as_of=today, known_at=at)
        assert found is not None, "the look above would have failed"
        members = [int(str(member["person_id"])) for member in found.members]
        reference = eligibility.scheme_ref(code=scheme)
        if reference is not None and reference.of_person != (person_id is not None):
            raise UnableToProceed("这项待遇按人享受的要选定本人，按户享受的不选人。请从名单或住户页重新打开。")
        if person_id is not None and person_id not in members:
            raise UnableToProceed("这个人现在不在这一户。请先核对住户成员。")
        chosen = applicant_of([{**m, "dead": _dead(found, m)} for m in found.members], on=today)
        if chosen is None or (person_id is not None and _dead(found, {"person_id": person_id})):
            raise UnableToProceed("登记的人已经去世，不能立案。请先核对住户成员，再看还有谁可以申请。")
        applicant = person_id or chosen
        case = Case(
            area_id=found.area_id,
            household_id=household_id,
            person_id=person_id,
            applicant_id=applicant,
            subject_name=found.names[applicant],
            procedure=procedure,
            edition=edition.code,
            scheme=scheme,
            status=Status.DRAFT.value,
            origin=origin.value,
            finding_id=finding_id,
            opened_at=at,
            handler_id=actor.account_id,
            joint=joint,
        )
        try:
            with transaction.atomic():
                case.save()
        except IntegrityError as problem:
            raise UnableToProceed("这一户的这项待遇已经有一件在办。请打开那一件，不要重复立案。") from problem
        journal(case, act=Act.OPEN, before="", actor=actor, at=at, detail={"origin": origin.value})
        return int(case.pk)


def _dead(found: HouseholdFacts, member: Mapping[str, Any]) -> bool:
    fact = found.facts.get((int(str(member["person_id"])), "dead"))
    return fact is not None and fact.value is True


def save_draft(*, actor: Viewer, at: datetime, case_id: int, answers: Mapping[str, Any]) -> None:
    """This function will keep what was filled in so far; nothing is checked but the kind of each value.

    Keys are `<subject>.<name>` as `forms.field_names` gives them; a value None takes the correction back.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SAVE_DRAFT) as work:
        _keep(work.case, answers)
        work.done(detail={"fields": len(answers)})


def _keep(case: Case, answers: Mapping[str, Any]) -> None:
    allowed = field_names(APPLICATION, case.procedure)
    kept = dict(case.answers)
    for key, value in answers.items():
        name = key.partition(".")[2]
        if name not in allowed:
            raise UnableToProceed(f"申请表里没有“{key}”这一栏。")
        if value is None or value == "":
            kept.pop(key, None)
            continue
        try:
            kept[key] = stored_value(name, value) if name in ATTRIBUTES else str(value).strip()[:500]
        except UnableToReadValue as problem:
            raise UnableToProceed(str(problem)) from problem
    case.answers = kept


def authorise(
    *,
    actor: Viewer,
    at: datetime,
    case_id: int,
    person_ids: Iterable[int],
    sources: Iterable[str],
    valid_to: date,
    signed_how: str,
    together: SignedTogether | None = None,
) -> int:
    """This function will record who allows which sources to be asked until when, and return the authorisation's id.

    It holds for this application only; of a joint one it is signed once, for all parts that `together` names.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.AUTHORISE) as work:
        if together is not None and together.given_id is not None:
            return _join(work, together.given_id)
        chosen, people = sorted(set(sources)), sorted(set(person_ids))
        allowed = set(work.edition.sources) if together is None else set(together.sources)
        found = registry_queries.household_facts(
            viewer=actor, household_id=work.case.household_id, as_of=work.today, known_at=at
        )
        family = {int(str(member["person_id"])) for member in found.members} if found else set()
        if not chosen or not set(chosen) <= allowed:
            raise UnableToProceed("请至少选一个本程序要核对的来源；与申请无关的来源不得核对（社会救助法第七十条）。")
        if not people or not set(people) <= family:
            raise UnableToProceed("请选出签字授权的家庭成员。")
        if signed_how not in SIGNED_HOW:
            raise UnableToProceed("请选签字的方式。")
        if valid_to <= work.today:
            raise UnableToProceed("授权的截止日期要晚于今天。")
        given = Authorisation.objects.create(
            case=work.case,
            joint=work.case.joint if together else None,
            covers=[work.case.pk] if together else [],
            area_id=work.case.area_id,
            sources=chosen,
            person_ids=people,
            purpose=together.purpose if together else f"casework.{work.case.scheme}",
            signed_how=signed_how,
            valid_from=work.today,
            valid_to=valid_to,
            given_at=at,
            recorded_by=actor.account_id,
        )
        covered = [work.edition.title] if together is None else together.titles
        labels = "、".join(CHECK_SOURCES[code].label for code in chosen)
        names = "、".join(found.names[person] for person in people) if found else ""
        issue(
            work,
            kind="authorisation",
            opening=f"{names}同意为办理{'、'.join(covered)}，向下列单位核对家庭经济状况：{labels}。",
            lines=[
                f"授权期限：{work.today.isoformat()} 至 {valid_to.isoformat()}。",
                "只用于这一次申请和它的复核，不作他用；本人可以随时书面撤回。",
                *([f"一次核对，供这几件共用：{'、'.join(together.numbers)}。"] if together else []),
                f"签字方式：{SIGNED_HOW[signed_how]}。",
            ],
        )
        work.done(detail={"authorisation": given.pk, "sources": chosen})
        return int(given.pk)


def _join(work: Work, given_id: int) -> int:
    """One more part under the authorisation that was signed for all."""
    given = Authorisation.objects.select_for_update(no_key=True).get(pk=given_id, joint=work.case.joint)
    given.covers = [*given.covers, work.case.pk]
    given.save(update_fields=["covers"])
    work.done(note="与同一联办的其他事项一起签的授权", detail={"authorisation": given.pk, "sources": given.sources})
    return int(given.pk)


def submit(*, actor: Viewer, at: datetime, case_id: int, declared_true: bool, proxied: bool = False) -> Receipt:
    """This function will hand the application in and return the receipt.

    What differs from the registry is recorded there as said by the applicant. `proxied`: by the registered proxy.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.SUBMIT) as work:
        if not declared_true:
            raise UnableToProceed("请申请人确认所填情况属实，再提交（57号第九条）。")
        words(str(work.case.answers.get("application.reason", "")), what="申请的原因")
        _state_corrections(work.case, actor, at)
        note, detail = by_proxy(work, scope=ProxyScope.APPLY, acted=proxied)
        work.done(note=note, detail=detail)
        hand_on(actor=actor, at=at, joint=work.case.joint)
        return Receipt(work.case.number, at, actor.area_name)


def _state_corrections(case: Case, actor: Viewer, at: datetime) -> None:
    """The applicant's own words go into the registry under their own source, beside what departments said."""
    by_subject: dict[tuple[SubjectKind, int], dict[str, object]] = {}
    for key, value in case.answers.items():
        subject, _, name = key.partition(".")
        if name not in ATTRIBUTES:
            continue
        kind = SubjectKind.HOUSEHOLD if subject == "household" else SubjectKind.PERSON
        number = case.household_id if kind is SubjectKind.HOUSEHOLD else int(subject)
        by_subject.setdefault((kind, number), {})[name] = read_value(name, value)
    for (kind, number), values in by_subject.items():
        try:
            registry.record_statement(
                actor=actor,
                at=at,
                subject_kind=kind,
                subject_id=number,
                source="self_report",
                values=values,
                valid_from=today_of(at),
            )
        except registry.UnableToRecordStatement as refusal:
            if "没有重复保存" not in str(refusal):
                raise UnableToProceed(str(refusal)) from refusal


def request_correction(*, actor: Viewer, at: datetime, case_id: int, papers: Iterable[str], note: str) -> None:
    """This function will say once what is missing, never what a data check can give (救助法 Art 62)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.REQUEST_CORRECTION) as work:
        wanted = sorted(set(papers))
        if not wanted or not set(wanted) <= set(PAPERS):
            raise UnableToProceed("请选出要补的材料。")
        if refused := [why for code in wanted if (why := may_not_be_asked(code)) is not None]:
            raise UnableToProceed(*refused)
        labels = [PAPERS[code].label for code in wanted]
        issue(
            work,
            kind="correction",
            opening="您的申请收到了，还需要补齐下面的材料。这是一次性告知，补齐后我们立即受理。",
            lines=[*labels, *([note.strip()] if note.strip() else [])],
        )
        work.done(note=note, detail={"papers": wanted})


def accept(*, actor: Viewer, at: datetime, case_id: int) -> None:
    """This function will accept the application: the clock starts, and the law of this day holds until the decision."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.ACCEPT) as work:
        case = work.case
        edition = edition_on(case.procedure, work.today) or work.edition
        case.edition = edition.code
        case.delegated = edition.delegable and delegated_on(procedure=case.procedure, day=work.today)
        case.required = [act.value for act in edition.required]
        work.done(detail={"edition": edition.code, "delegated": case.delegated})
        total = next((limit for limit in edition.limits if limit.code == "total"), None)
        limit = (total.delegated if case.delegated and total.delegated else total.limit) if total else None
        issue(
            work,
            kind="acceptance",
            opening=f"您申请的{edition.title}，已经受理。",
            lines=[
                f"受理编号：{case.number}。",
                f"办理依据：{edition.basis}。",
                *(
                    [f"办理期限：{limit.number} {'个工作日' if type(limit).__name__ == 'WorkingDays' else '天'}。"]
                    if limit
                    else []
                ),
                "接下来：入户调查和信息核对，由我们去做，不用您再跑。能核对到的情况不会再向您要证明。",
            ],
        )


def record_relative(*, actor: Viewer, at: datetime, case_id: int, relation: str) -> None:
    """This function will register a near relative of staff; the bureau must then visit (57号 Art 11)."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.RECORD_RELATIVE) as work:
        work.case.relative_flag = words(relation, what="与谁是什么关系", most=200)
        work.done(note=work.case.relative_flag)


def withdraw(*, actor: Viewer, at: datetime, case_id: int, reason: str, proxied: bool = False) -> None:
    """This function will end the application because the applicant wishes it; nothing is held against them."""
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.WITHDRAW) as work:
        who, detail = by_proxy(work, scope=ProxyScope.WITHDRAW, acted=proxied)
        work.done(note=said(who, words(reason, what="撤回的原因")), detail=detail)
        hand_on(actor=actor, at=at, joint=work.case.joint)


def delegated_on(*, procedure: str, day: date) -> bool:
    """This function will say whether the street confirms cases accepted on a day."""
    latest = Delegation.objects.filter(procedure=procedure, valid_from__lte=day).order_by("-valid_from").first()
    return bool(latest and latest.to_street)


def set_delegation(
    *, actor: Viewer, at: datetime, procedure: str, valid_from: date, to_street: bool, basis: str
) -> None:
    """This function will set who confirms cases accepted from a day on; cases in flight stay with whom they began."""
    require(viewer=actor, capability="casework.delegate")
    with acting_as(viewer=actor, at=at):
        edition = edition_on(procedure, valid_from)
        if edition is None or (to_street and not edition.delegable):
            raise UnableToProceed("这项程序的确认权不能交给街道。")
        if valid_from <= today_of(at):
            raise UnableToProceed("生效日期要晚于今天，正在办理的不受影响。")
        Delegation.objects.update_or_create(
            procedure=procedure,
            valid_from=valid_from,
            defaults={
                "to_street": to_street,
                "basis": words(basis, what="文件依据", most=200),
                "set_by": actor.account_id,
                "set_at": at,
            },
        )
        from minsheng.foundation.audit import operations as audit

        audit.record(
            actor=actor,
            at=at,
            action="casework.delegation_set",
            object_type="casework.delegation",
            object_id=f"{procedure}:{valid_from.isoformat()}",
            detail={"to_street": to_street},
        )


def recount(*, actor: Viewer, at: datetime, case_ids: Iterable[int]) -> None:
    """This function will reckon the next due day of cases again, after a year of the calendar was entered."""
    require(viewer=actor, capability="casework.check")
    with acting_as(viewer=actor, at=at):
        calendar = work_calendar()
        for case in Case.objects.select_for_update(no_key=True).filter(pk__in=list(case_ids)).order_by("id"):
            set_due(case, today=today_of(at), calendar=calendar)
            case.save(update_fields=["due_date", "due_limit"])


__all__ = [
    "accept",
    "authorise",
    "delegated_on",
    "edition_of",
    "open_case",
    "record_relative",
    "recount",
    "request_correction",
    "save_draft",
    "set_delegation",
    "submit",
    "withdraw",
]

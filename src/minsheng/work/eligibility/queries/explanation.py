from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.models import Receipt, Result
from minsheng.work.eligibility.population import Case
from minsheng.work.eligibility.queries.lines import Line, lines_of
from minsheng.work.eligibility.types import Status
from rulebook import Evaluation, Period, evaluate


@dataclass(frozen=True)
class Member:
    """One member of the household beside the working."""

    person_id: int
    name: str
    about: str
    counted: bool | None


@dataclass(frozen=True)
class Also:
    """Another benefit of the same household."""

    title: str
    who: str
    period: Period
    payable_fen: int | None
    status: Status
    reductions: tuple[str, ...]


@dataclass(frozen=True)
class Working:
    """Why one beneficiary is or is not entitled to one benefit, as it stands on a day; nothing of it is stored.

    Amounts are fen per `period`; `also_total_fen` adds up what the household has by month, and nothing else.
    """

    title: str
    code: str
    household_id: int
    person_id: int | None
    subject: str
    as_of: date
    status: Status
    period: Period
    result: str
    amount_fen: int | None
    payable_fen: int | None
    reductions: tuple[str, ...]
    receiving_fen: int | None
    basis: str
    hint: str
    lines: tuple[Line, ...]
    questions: tuple[str, ...]
    members: tuple[Member, ...]
    also: tuple[Also, ...]
    also_total_fen: int
    law_digest: str
    facts_digest: str


def explain(
    *, viewer: Viewer, at: datetime, code: str, household_id: int, person_id: int | None, as_of: date
) -> Working | None:
    """This function will work one household out with the interpreter; None for a stranger or an unknown scheme."""
    require(viewer=viewer, capability="eligibility.explain")
    scheme = book().schemes.get(code)
    found = registry.household_facts(viewer=viewer, household_id=household_id, as_of=as_of, known_at=at)
    if scheme is None or found is None or (scheme.beneficiary == "person") != (person_id is not None):
        return None
    case = Case(household_id, found.area_id, found.household, found.members)
    if person_id is not None and person_id not in {member["person_id"] for member in case.members}:
        return None
    evaluation = evaluate(law_on(as_of), case.household(names=found.names), as_of)
    told = evaluation.explain(code, str(person_id) if person_id is not None else None)
    payable = {(p.scheme, p.person): p for p in evaluation.payable()}
    # Who is not entitled has no row: nothing is paid, and nothing is taken off.
    key = (code, str(person_id) if person_id is not None else None)
    own_fen, reductions = (payable[key].payable_fen, payable[key].reductions) if key in payable else (0, ())
    also = tuple(_also(evaluation, found.names, except_for=key))
    return Working(
        title=scheme.title,
        code=code,
        household_id=household_id,
        person_id=person_id,
        subject=found.names[person_id] if person_id is not None else f"{_head_name(case, found.names)}一家",
        as_of=as_of,
        status=Status(told.status),
        period=told.period,
        result=told.result,
        amount_fen=told.amount_fen if told.status == "entitled" else None,
        payable_fen=own_fen,
        reductions=tuple(_reduction_words(r) for r in reductions),
        receiving_fen=_receiving(code, household_id, person_id, as_of),
        basis=told.basis,
        hint=told.hint,
        lines=lines_of(told, found),
        questions=tuple(_question(datum, found.names) for datum in told.missing),
        members=tuple(_members(evaluation, case, found, as_of)),
        also=also,
        also_total_fen=sum(p.payable_fen or 0 for p in payable.values() if p.period is Period.MONTH),
        law_digest=told.law_digest,
        facts_digest=case.digest(),
    )


def _question(datum: object, names: dict[int, str]) -> str:
    person, question = getattr(datum, "person", None), getattr(datum, "question", "")
    return f"{names[int(person)]}：{question}" if person is not None else str(question)


def _reduction_words(reduction: object) -> str:
    against = book().schemes[getattr(reduction, "against", "")].title
    return f"{against}：{getattr(reduction, 'text', '')}"


def _also(evaluation: Evaluation, names: dict[int, str], except_for: tuple[str, str | None]) -> list[Also]:
    lines = []
    for payable in evaluation.payable():
        if (payable.scheme, payable.person) == except_for or payable.status == "not_entitled":
            continue
        lines.append(
            Also(
                title=book().schemes[payable.scheme].title,
                period=payable.period,
                who=names[int(payable.person)] if payable.person is not None else "全家",
                payable_fen=payable.payable_fen if payable.status == "entitled" else None,
                status=Status(payable.status),
                reductions=tuple(_reduction_words(r) for r in payable.reductions),
            )
        )
    return lines


def _members(evaluation: Evaluation, case: Case, found: "registry.HouseholdFacts", as_of: date) -> list[Member]:
    counted_name = book().counted
    lines = []
    for member in case.members:
        number = member["person_id"]
        counted = evaluation.value(counted_name, person=str(number))
        lines.append(
            Member(
                number,
                found.names[number],
                found.about(number, on=as_of),
                counted if isinstance(counted, bool) else None,
            )
        )
    return lines


def _head_name(case: Case, names: dict[int, str]) -> str:
    for member in case.members:
        if member.get("relation") == "head":
            return names[member["person_id"]]
    return names[case.members[0]["person_id"]] if case.members else "（没有成员）"


def _receiving(code: str, household_id: int, person_id: int | None, as_of: date) -> int | None:
    amounts = Receipt.objects.filter(
        scheme=code, household_id=household_id, person_id=person_id, since_date__lte=as_of, until_date__isnull=True
    ).values_list("amount_fen", flat=True)
    return sum(amounts) if amounts else None


def results_of_household(*, household_id: int) -> list[Result]:
    """This function will return the stored results of a household, the present ones first."""
    return list(Result.objects.filter(household_id=household_id).order_by("-valid_from", "scheme", "id"))

"""`rules/`: calculate and explain one typed household, list schemes and figures. Nothing is stored."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from minsheng.foundation.access.types import require
from minsheng.foundation.api.factory import AccountRateThrottle
from minsheng.foundation.api.problems import problem
from minsheng.work.eligibility.api.schemas import (
    CalculateIn,
    CalculateOut,
    Code,
    DayQuery,
    ExplainIn,
    ExplainOut,
    HouseholdIn,
    NumbersOut,
    NumbersQuery,
    Problem,
    SchemeDetailOut,
    SchemesOut,
)
from minsheng.work.eligibility.queries import calculating
from minsheng.work.eligibility.queries.calculating import Answer, Given, UnableToCalculate, UnableToFindLaw
from rulebook import Law, Scheme
from rulebook.dependencies import dependencies_of

REFUSALS: Any = dict.fromkeys((400, 401, 403, 404, 422, 429), Problem)
RATE = "600/m"  # an account; one calculation takes some milliseconds
router = Router(tags=["rules"], throttle=[AccountRateThrottle(RATE)])


@router.post("calculate", response={200: CalculateOut, **REFUSALS})
def calculate(request: HttpRequest, body: CalculateIn) -> Any:
    """This operation will say what one household is entitled to on a day, and which datum is missing for it.

    The facts are typed in, not looked up, and nothing is stored. Amounts are fen per period.
    """
    try:
        law, answers = calculating.calculate(viewer=_viewer(request), given=_given(body), schemes=body.schemes)
    except UnableToCalculate as refusal:
        return _refused(request, refusal)
    except UnableToFindLaw as refusal:
        return problem(request, status=404, detail=str(refusal))
    return 200, {"as_of": body.as_of, "law_digest": law.digest, "outcomes": [_outcome(answer) for answer in answers]}


@router.post("explain", response={200: ExplainOut, **REFUSALS})
def explain(request: HttpRequest, body: ExplainIn) -> Any:
    """This operation will give the whole working of one outcome: every number, its version, its article, the branch."""
    try:
        law, working = calculating.explain_typed(
            viewer=_viewer(request), given=_given(body), scheme=body.scheme, person=body.person
        )
    except UnableToCalculate as refusal:
        return _refused(request, refusal)
    except UnableToFindLaw as refusal:
        return problem(request, status=404, detail=str(refusal))
    return 200, {"as_of": body.as_of, "law_digest": law.digest, "working": working}


@router.get("schemes", response={200: SchemesOut, **REFUSALS})
def schemes(request: HttpRequest, query: Query[DayQuery]) -> Any:
    """This operation will list the schemes as they stand on a day."""
    law = _law(request, query.as_of)
    items = [_scheme(one, query.as_of) for one in law.book.schemes.values()]
    return 200, {"as_of": query.as_of, "law_digest": law.digest, "items": items}


@router.get("schemes/{code}", response={200: SchemeDetailOut, **REFUSALS})
def scheme(request: HttpRequest, code: Code, query: Query[DayQuery]) -> Any:
    """This operation will describe one scheme: its figures, its rules, and the facts that it may ask for."""
    law = _law(request, query.as_of)
    found = law.book.schemes.get(code)
    if found is None:
        raise Http404
    reads = dependencies_of(law).own[code]
    rules = []
    for variable in found.variables.values():
        wording = variable.rules[law.wording[variable.name]]
        rules.append(
            {
                "name": variable.name,
                "label": variable.label,
                "entity": variable.entity.value,
                "text": wording.text,
                "basis": wording.basis,
                "doubt": wording.doubt,
                "from_date": wording.from_date,
            }
        )
    return 200, {
        **_scheme(found, query.as_of),
        "as_of": query.as_of,
        "law_digest": law.digest,
        "numbers": list(_numbers(law, sorted(reads.numbers))),
        "rules": rules,
        "facts": sorted(reads.inputs),
    }


@router.get("numbers", response={200: NumbersOut, **REFUSALS})
def numbers(request: HttpRequest, query: Query[NumbersQuery]) -> Any:
    """This operation will list the figures of the law as they stand on a day, by name; `next` goes into `after`."""
    law = _law(request, query.as_of)
    names = [
        name
        for name in sorted(law.numbers)
        if (query.scheme is None or name.startswith(f"{query.scheme}.")) and name > (query.after or "")
    ]
    shown = names[: query.limit]
    following = shown[-1] if len(names) > len(shown) else None
    return 200, {
        "as_of": query.as_of,
        "law_digest": law.digest,
        "items": list(_numbers(law, shown)),
        "next": following,
    }


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _law(request: HttpRequest, day: date) -> Law:
    require(viewer=_viewer(request), capability=calculating.CAPABILITY)
    try:
        return calculating.law_of(day)
    except UnableToFindLaw as refusal:
        raise Http404(str(refusal)) from refusal


def _refused(request: HttpRequest, refusal: UnableToCalculate) -> Any:
    error = {"pointer": refusal.pointer, "code": "fact", "message": str(refusal)}
    return problem(request, status=422, detail="请改正后再提交。", errors=[error])


def _given(body: HouseholdIn) -> Given:
    return Given(body.as_of, body.household, [(person.key, person.facts) for person in body.people])


def _outcome(answer: Answer) -> dict[str, Any]:
    paid = answer.payable
    return {
        "scheme": answer.scheme,
        "person": answer.person,
        "status": paid.status,
        "period": paid.period.value,
        "amount_fen": paid.amount_fen,
        "payable_fen": paid.payable_fen,
        "reductions": [{"against": one.against, "fen": one.fen, "text": one.text} for one in paid.reductions],
        "missing": [
            {
                "person": one.person,
                "fact": one.input,
                "question": one.question,
                "decides_alone": one.decides_alone,
            }
            for one in answer.missing
        ],
    }


def _scheme(one: Scheme, day: date) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.title,
        "summary": one.summary,
        "beneficiary": one.beneficiary.value,
        "period": one.period.value,
        "basis": one.basis_on(day),
        "in_force_from": one.in_force_from,
        "doubts": len({doubt.text for doubt in one.doubts}),
    }


def _numbers(law: Law, names: list[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        number, version = law.book.numbers[name], law.numbers[name]
        yield {
            "name": name,
            "label": number.label,
            "unit": str(number.unit),
            "value": version.value,
            "from_date": version.from_date,
            "basis": version.basis,
            "doubt": version.doubt,
        }

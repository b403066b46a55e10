"""The interface does what its own description says, whatever is sent: generated calls of every operation.

A few by default; MINSHENG_INTERFACE_CALLS says how many for the exhaustive one (1,000 unless told).
"""

import json
import os
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from minsheng.config.api import api
from minsheng.config.demo.accounts import STAFF
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.api.factory import AccountRateThrottle
from minsheng.work.eligibility.law import seed

pytestmark = pytest.mark.xdist_group("district")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WORKING = jsonschema_rs.validator_for(
    json.loads((Path(__file__).parents[2] / "docs" / "reference" / "explanation.schema.json").read_text("utf-8"))
)
AS_IT_IS = AccountRateThrottle.allow_request
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
# Any day of the calendar, and as often one on which there is a law.
DAYS = st.one_of(st.dates(), st.dates(date(2016, 1, 1), date(2030, 12, 31)), st.just(date(2026, 11, 1)))
schemathesis.openapi.format("date", DAYS.map(date.isoformat))
schemathesis.openapi.format("person-key", st.sampled_from(["a", "b"]) | st.text(min_size=1, max_size=20))


def description() -> dict[str, Any]:
    """The description that the site serves; generated names are often ones that exist, so that more is reached."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    inputs = made["components"]["schemas"]
    schemathesis.openapi.format("scheme-code", st.sampled_from(list(seed().schemes)) | st.text(max_size=20))
    code, key = {"type": "string", "format": "scheme-code"}, {"type": "string", "format": "person-key"}
    inputs["PersonIn"]["properties"]["key"] |= {"format": "person-key"}
    inputs["ExplainIn"]["properties"]["scheme"] = code
    inputs["ExplainIn"]["properties"]["person"] = {"anyOf": [key, {"type": "null"}]}
    inputs["CalculateIn"]["properties"]["schemes"]["items"] = code
    # Half of the time nothing is known: a made-up name of a fact is refused, and behind that lies all the rest.
    nothing = {"type": "object", "maxProperties": 0}
    for schema, field in (("PersonIn", "facts"), ("ExplainIn", "household"), ("CalculateIn", "household")):
        inputs[schema]["properties"][field] = {"anyOf": [nothing, inputs[schema]["properties"][field]]}
    for operations in made["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)  # the cookie is the client's own; without it: the access matrix
    for parameter in made["paths"]["/api/v1/rules/schemes/{code}"]["get"]["parameters"]:
        if parameter["name"] == "code":
            parameter["schema"] = code
    return made


@pytest.fixture
def caller(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Signed in as somebody who may calculate; how often is not limited here, that has its own test."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    monkeypatch.setattr(AccountRateThrottle, "allow_request", lambda self, request: True)
    client = Client(raise_request_exception=False)
    client.force_login(
        Account.objects.get(username=STAFF["district_business"][0]), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def answer_to(case: schemathesis.Case, client: Client) -> schemathesis.Response:
    """Sends a generated call through the whole site, without a network."""
    kwargs = case.as_transport_kwargs(base_url="http://testserver")
    sent = requests.Request(
        case.method, kwargs["url"], params=kwargs.get("params"), json=kwargs.get("json"), data=kwargs.get("data"),
        headers=kwargs.get("headers"),
    ).prepare()  # fmt: skip
    body = sent.body or b""
    got = client.generic(
        sent.method or "GET",
        sent.path_url,
        body.encode() if isinstance(body, str) else body,
        content_type=sent.headers.get("Content-Type", ""),
    )
    told = {name.lower(): [value] for name, value in got.headers.items()}
    return schemathesis.Response(got.status_code, told, got.content, sent, 0.0, verify=False)


def try_everything(client: Client, calls: int, told: dict[str, Any]) -> Counter[tuple[str, int]]:
    """Generates calls for every operation, as described and otherwise; returns how often which answer came."""
    answers: Counter[tuple[str, int]] = Counter()
    operations = [found.ok() for found in schemathesis.openapi.from_dict(told).get_all_operations()]
    for operation in operations:
        for mode in MODES:
            try_operation(client, operation, mode, max(1, calls // (len(operations) * len(MODES))), answers)
    return answers


def try_operation(
    client: Client, operation: Any, mode: schemathesis.GenerationMode, calls: int, answers: Counter[tuple[str, int]]
) -> None:
    wrong = mode is schemathesis.GenerationMode.NEGATIVE
    checks = [*CHECKS, negative_data_rejection] if wrong else CHECKS

    @settings(max_examples=calls, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        response = answer_to(case, client)
        answers[operation.label, response.status_code] += 1
        case.validate_response(response, checks=checks)
        if response.status_code == 200 and operation.path.endswith("explain"):
            WORKING.validate(response.json()["working"])

    holds()


def test_whatever_is_sent_the_answer_is_one_that_the_description_names(caller: Client) -> None:
    answers = try_everything(caller, 60, description())
    assert {operation for operation, _ in answers} == {
        "POST /api/v1/rules/calculate",
        "POST /api/v1/rules/explain",
        "GET /api/v1/rules/schemes",
        "GET /api/v1/rules/schemes/{code}",
        "GET /api/v1/rules/numbers",
    }, "a new operation is tried as well; name it here"
    assert {status for _, status in answers} >= {200, 404, 422}
    assert ("POST /api/v1/rules/calculate", 200) in answers


@pytest.mark.slow
@pytest.mark.exhaustive
def test_thousands_of_calls_find_nothing_else(caller: Client) -> None:
    answers = try_everything(caller, int(os.environ.get("MINSHENG_INTERFACE_CALLS", "1000")), description())
    print(json.dumps({" ".join(map(str, key)): number for key, number in sorted(answers.items())}))
    for operation in {operation for operation, _ in answers}:
        assert answers[operation, 200] > 0, operation


@pytest.mark.parametrize("address", ["/api/v1/rules/schemes/a%2Fb?as_of=2026-11-01", "/api/v1/nothing", "/api/"])
def test_an_address_that_is_not_there_is_a_problem_and_no_page(caller: Client, address: str) -> None:
    """A code with a slash in it leads to no operation at all: generated calls found a page there."""
    answer = caller.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert caller.get("/nothing/").headers["Content-Type"].startswith("text/html")


PAGE = Path(__file__).parents[2] / "docs" / "reference" / "what-if.md"
EXAMPLES = re.findall(
    r"^```json request (\w+) (\S+)\n(.*?)^```\n\n```json answer (\d+)\n(.*?)^```",
    PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL,
)  # fmt: skip


def agree(told: Any, came: Any) -> bool:
    """Whether an answer is as told; "…" stands for anything, at the end of a list or as a key for all that follows."""
    if told == "…":
        return True
    if isinstance(told, dict) and isinstance(came, dict):
        named = {key: value for key, value in told.items() if key != "…"}
        whole = "…" in told or named.keys() == came.keys()
        return whole and all(key in came and agree(value, came[key]) for key, value in named.items())
    if isinstance(told, list) and isinstance(came, list):
        named_first = told[:-1] if told[-1:] == ["…"] else told
        whole = told[-1:] == ["…"] or len(told) == len(came)
        return whole and len(came) >= len(named_first) and all(map(agree, named_first, came))
    return bool(told == came)


def test_the_examples_of_the_page_are_what_comes(caller: Client) -> None:
    assert len(EXAMPLES) == 6
    for method, address, body, status, told in EXAMPLES:
        answer = caller.generic(method, address, body, content_type="application/json")
        assert answer.status_code == int(status), answer.content.decode()
        assert agree(json.loads(told), answer.json()), json.dumps(answer.json(), ensure_ascii=False, indent=1)
    assert not agree({"a": [1, "…"], "…": "…"}, {"a": [2]})
    assert not agree({"a": 1}, {"a": 1, "b": 2})


def test_chinese_is_readable_in_the_answer(caller: Client) -> None:
    answer = caller.get("/api/v1/rules/schemes?as_of=2026-11-01")
    assert "最低生活保障" in answer.content.decode()
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(("beyond", "status"), [(0, 200), (1, 422)])
def test_a_fact_beyond_its_bounds_is_refused_and_its_bounds_are_told(caller: Client, beyond: int, status: int) -> None:
    highest = seed().inputs["transfer_income"].high
    body = {"as_of": "2026-11-01", "people": [{"key": "a", "facts": {"transfer_income": highest + beyond}}]}
    answer = caller.post("/api/v1/rules/calculate", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    assert (str(highest) in answer.content.decode()) == bool(beyond)


def test_more_calls_than_are_allowed_are_refused_with_words(caller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def two_a_minute(throttle: AccountRateThrottle, request: object) -> bool:
        monkeypatch.setattr(throttle, "num_requests", 2)
        return bool(AS_IT_IS(throttle, request))

    monkeypatch.setattr(AccountRateThrottle, "allow_request", two_a_minute)
    cache.clear()
    answers = [caller.get("/api/v1/rules/schemes?as_of=2026-11-01") for _ in range(3)]
    cache.clear()
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Content-Type"] == "application/problem+json"
    assert answers[2].json()["title"] == "请求太频繁"


def test_control_an_answer_that_is_not_described_is_found(caller: Client) -> None:
    told = description()
    told["components"]["schemas"]["SchemesOut"]["required"].append("nothing_that_is_sent")
    with pytest.raises(BaseException, match="nothing_that_is_sent"):
        try_everything(caller, 40, told)

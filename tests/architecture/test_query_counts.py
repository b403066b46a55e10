"""How many SQL statements each page costs, committed beside this file, so that a page that grows dear is seen.

A change fails with both figures. When it is meant, `UPDATE_QUERY_COUNTS=1 python -m pytest
tests/architecture/test_query_counts.py` writes the new ones, and the reviewer reads the difference.
"""

import json
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("district")]

COMMITTED = Path(__file__).with_name("query_counts.json")
UPDATE = os.environ.get("UPDATE_QUERY_COUNTS", "") == "1"
ROLES = ("yewu", "shequ")  # the whole district, and one community
# {household} and {person} are the family of 林阿珍 and herself.
PAGES = {
    "eligibility:today": "/",
    "eligibility:findings": "/findings/",
    "eligibility:findings, one datum missing": "/findings/?kind=one_datum_missing",
    "eligibility:findings, one street": "/findings/?area=330102012000",
    "eligibility:map": "/map/",
    "eligibility:schemes": "/policies/",
    "eligibility:scheme": "/policies/minimum_living_allowance/",
    "missed:report": "/missed/",
    "missed:people": "/missed/people/",
    "publishing:numbers": "/policies/numbers/",
    "publishing:publications": "/policies/changes/",
    "publishing:budgets": "/policies/budgets/",
    "eligibility:explain_household": "/explanations/minimum_living_allowance/{household}/",
    "eligibility:explain_person": "/explanations/disability_care_subsidy/{household}/{person}/",
    "casework:mine": "/cases/",
    "casework:new_household": "/cases/new/low_income_margin/{household}/",
    "casework:case": "/cases/{case}/",
    "casework:joints": "/cases/together/",
    "casework:joint_new": "/cases/together/new/{household}/?needs=living&needs=schooling",
    "casework:joint": "/cases/together/{joint}/",
    "casework:alliance": "/cases/alliance/",
    "cockpit:occasions": "/cockpit/occasions/",
    "casework:noticeboard": "/noticeboard/",
    "visits:mine": "/visits/",
    "visits:warnings": "/visits/warnings/",
    "visits:household": "/visits/households/{household}/",
    "visits:overview": "/visits/overview/",
    "visits:table": "/visits/weights/",
    "whatif:what_if": "/policies/what-if/?household.standard=1200.00",
    "whatif:households": "/policies/what-if/households/?household.standard=1200.00",
    "registry:search": "/people/?q=林阿珍",
    "registry:person": "/people/{person}/",
    "registry:household": "/households/{household}/",
    "registry:protection": "/people/{person}/protection/",
    "payments:desk": "/payments/desk/",
    "payments:runs": "/payments/",
    "payments:run": "/payments/3/",
    "payments:follow_ups": "/payments/follow-ups/",
    "payments:grant": "/payments/grants/1/",
    "payments:differences": "/payments/differences/",
    "payments:difference": "/payments/differences/1/",
    "payments:recoveries": "/payments/recoveries/",
    "payments:forecast": "/payments/forecast/",
    "payments:accounts": "/payments/ledger/",
    "payments:account": "/payments/ledger/fund/entries/",
    "payments:floats": "/payments/floats/",
    "payments:float": "/payments/floats/2/",
    "payments:samples": "/payments/samples/",
    "cockpit:home": "/cockpit/",
    "cockpit:indicator": "/cockpit/indicators/monthly_visits/",
    "cockpit:rows": "/cockpit/indicators/monthly_visits/rows/?part=gap",
    "cockpit:screen": "/cockpit/screen/",
    "cockpit:streets": "/cockpit/streets/",
    "cockpit:projects": "/cockpit/projects/",
    "cockpit:plan": "/cockpit/plans/1/?kind=target",
    "cockpit:links": "/cockpit/plans/1/links/",
    "cockpit:audit": "/cockpit/plans/1/audit/",
    "cockpit:entries": "/cockpit/entries/",
    "cockpit:checks": "/cockpit/self-checks/",
    "privacy:requests": "/privacy/",
    "privacy:consents": "/people/{person}/consents/",
    "catalogue:index": "/catalogue/",
    "catalogue:dataset": "/catalogue/registry_person/",
    "catalogue:issues": "/catalogue/issues/",
    "exchange:partners": "/exchange/",
    "exchange:partner": "/exchange/1/",
    "imports:index": "/imports/",
    "places:index": "/places/",
}
# The pages of 林阿珍 herself, signed in by the code from the counter, and the office's side of them.
OWN_PAGES = {
    "portal:home": "/my/",
    "portal:benefit": "/my/benefits/minimum_living_allowance/",
    "portal:apply": "/my/apply/minimum_living_allowance/",
    "portal:question": "/my/question/",
    "portal:together": "/my/together/",
    "portal:progress": "/my/progress/",
    "portal:looks": "/my/looks/",
    "portal:say": "/my/say/",
    "portal:happiness_code": "/my/code/",
}
COUNTER_PAGES = {"portal:desk": "/desk/", "portal:issue_code": "/people/{person}/resident-code/"}
# A community imports no tables, rolls no visits up and handles no money; the bureau drafts no case.
NOT_FOR = {
    ("shequ", "whatif:what_if"),
    ("shequ", "whatif:households"),
    ("shequ", "imports:index"),
    ("shequ", "visits:overview"),
    ("yewu", "casework:new_household"),
    ("yewu", "casework:joint_new"),
    *(("shequ", name) for name in PAGES if name.startswith(("payments:", "catalogue:", "exchange:"))),
}
MOST = 50  # statements; above it a page has a loop in it


@pytest.fixture
def open_page(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Client]:
    """This fixture will sign a demo account in; the clock stands still at `at`."""
    from minsheng.foundation.accounts.models import Account

    monkeypatch.setattr(timezone, "now", lambda: at)

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(Account.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def family_of_lin_azhen(client: Client) -> dict[str, str]:
    """This function will find the numbers of the story's household and person, and state why they are opened."""
    page = client.get("/findings/?scheme=disability_care_subsidy").content.decode()
    found = re.search(r'href="/explanations/disability_care_subsidy/(\d+)/(\d+)/">林阿珍<', page)
    assert found, "林阿珍 is not in the list of the care subsidy"
    numbers = {"household": found.group(1), "person": found.group(2)}
    for path in (PAGES["eligibility:explain_household"], PAGES["registry:person"], PAGES["registry:household"]):
        answer = client.get(path.format(**numbers))
        if answer.status_code == 302:
            client.post(answer["Location"], {"purpose": "case", "next": "/"})
    return numbers


def case_of(client: Client, household: str) -> str:
    """This function will open the family's case, as somebody who may draft."""
    path = f"/cases/new/minimum_living_allowance/{household}/"
    client.post(path, {"procedure": "minimum_living_allowance", "origin": "finding"})
    return client.get(path)["Location"].strip("/").split("/")[-1]


def count_of(client: Client, path: str) -> int:
    """This function will count the statements of a page that was opened before."""
    for _ in range(2):  # the first time reads what is then kept
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
    return len(seen)


def joint_of(client: Client, household: str) -> str:
    """This function will open a joint application of three parts and one referral and return its number."""
    needs = "needs=illness&needs=disability&needs=schooling"
    keys = re.findall(
        r'name="parts" value="([^"]+)"', client.get(f"/cases/together/new/{household}/?{needs}").content.decode()
    )
    sent = {"parts": keys[:3], "partners": ["education"], "reason": "看病和上学"}
    return client.post(f"/cases/together/new/{household}/?{needs}", sent)["Location"].split("/")[3]


def test_no_page_asks_the_database_more_than_was_committed(open_page: Callable[[str], Client]) -> None:
    counts: dict[str, dict[str, int]] = {role: {} for role in ROLES}
    drafter = open_page("shequ")
    household = family_of_lin_azhen(drafter)["household"]
    case, joint = case_of(drafter, household), joint_of(drafter, household)
    for role in ROLES:
        client = open_page(role)
        numbers = family_of_lin_azhen(client) | {"case": case, "joint": joint}
        for name, path in PAGES.items():
            if (role, name) in NOT_FOR:
                continue
            counts[role][name] = count_of(client, path.format(**numbers))
    resident = Client()
    page = drafter.post(COUNTER_PAGES["portal:issue_code"].format(**numbers), {"identity_check": "id_card"})
    code = page.content.decode().split('class="printed-code">')[1].split("<")[0]
    assert resident.post("/my/sign-in/", {"code": code}).status_code == 302
    counts["resident"] = {name: count_of(resident, path) for name, path in OWN_PAGES.items()}
    counts["shequ"] |= {name: count_of(drafter, path.format(**numbers)) for name, path in COUNTER_PAGES.items()}
    if UPDATE:
        COMMITTED.write_text(json.dumps(counts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert not differences(committed, counts), "\n".join(differences(committed, counts))
    dear = [f"{role} {name}: {n}" for role in counts for name, n in counts[role].items() if n > MOST]
    assert dear == []


def differences(committed: dict[str, dict[str, int]], counts: dict[str, dict[str, int]]) -> list[str]:
    """This function will say each change in one sentence."""
    said = []
    for role in sorted(committed.keys() | counts.keys()):
        before, now = committed.get(role, {}), counts.get(role, {})
        for name in sorted(before.keys() | now.keys()):
            if before.get(name) != now.get(name):
                said.append(
                    f"Query count for {name} changed ({role}): expected {before.get(name)}, got {now.get(name)}"
                )
    return said


def test_a_change_is_said_with_both_figures() -> None:
    before = {"yewu": {"eligibility:findings": 16, "eligibility:map": 9}}
    assert differences(before, before) == []
    assert differences(before, {"yewu": {"eligibility:findings": 18}}) == [
        "Query count for eligibility:findings changed (yewu): expected 16, got 18",
        "Query count for eligibility:map changed (yewu): expected 9, got None",
    ]


def test_one_statement_more_is_counted(open_page: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a page that asks once more than before is counted once more."""
    from minsheng.work.eligibility import queries

    client = open_page("yewu")
    usual = count_of(client, "/policies/")
    schemes = queries.schemes

    def asking_once_more(**given: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return schemes(**given)

    monkeypatch.setattr(queries, "schemes", asking_once_more)
    assert count_of(client, "/policies/") == usual + 1

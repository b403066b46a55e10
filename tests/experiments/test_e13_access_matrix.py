"""Experiment E13: every URL × method × role × relation answers as declared in `architecture.access_matrix`.

Controls: an unguarded view, and a view that looks past the area, are planted; the matrix must report both.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from architecture.access_cells import (
    ANONYMOUS,
    FINANCE,
    SIGNED_IN,
    STAFF,
    Gate,
    Relation,
    Row,
    Target,
    reads,
)
from architecture.access_matrix import TABLE
from architecture.access_targets import areas_of_people, browsers, family_of_the_resident, plant
from architecture.access_walk import Visit, areas_in_reach, breach_of, strangers_linked, visit, walk
from minsheng.config import urls as site
from minsheng.config.demo.accounts import system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.pages.gate import staff_page
from minsheng.records.registry.models import Person

pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]


@pytest.fixture
def targets(district: None, at: datetime, monkeypatch: pytest.MonkeyPatch) -> dict[Relation, Target]:
    """This fixture will plant objects near and far; the clock stands still at `at`."""
    monkeypatch.setattr(timezone, "now", lambda: at)
    return plant(at=at)


@pytest.fixture
def clients(targets: dict[Relation, Target], at: datetime) -> dict[str, Client]:
    """This fixture will sign every role in."""
    return browsers(at=at)


@pytest.fixture
def quiet() -> Iterator[None]:
    """This fixture will keep thousands of refusals out of the test's output."""
    import logging

    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "whole", [pytest.param(False, id="thinned"), pytest.param(True, id="whole", marks=pytest.mark.exhaustive)]
)
def test_only_the_declared_cells_open(
    targets: dict[Relation, Target], clients: dict[str, Client], at: datetime, quiet: None, whole: bool
) -> None:
    """The matrix itself; on the way every GET is watched for writes and every page for links to strangers."""
    persons, households = areas_of_people(at=at)
    reach, family = areas_in_reach(), family_of_the_resident(at=at)
    breaches, writing, linking, answers = [], set(), set(), Counter[int]()
    for one in walk(TABLE, clients, targets, whole=whole):
        answers[one.response.status_code] += 1
        if breach := breach_of(one):
            breaches.append(str(breach))
        if one.written:
            writing.add(f"{one.method} {one.row.name} writes {sorted(one.written)}")
        linking |= {
            f"{one.row.name} shows {one.role} {url}"
            for url in strangers_linked(one, persons=persons, households=households, reach=reach, family=family)
        }
    print("cells", sum(answers.values()), dict(answers))
    assert breaches == [], "\n".join(breaches)
    assert writing == set(), "ASVS 3.5.3: reading must not change data"
    assert linking == set()
    assert answers[200] > 300, "a walk in which nothing succeeds proves nothing"


def test_posts_without_a_form_token_are_refused(targets: dict[Relation, Target], at: datetime, quiet: None) -> None:
    clients = browsers(at=at, csrf=True)
    tried = 0
    for row in TABLE:
        if (act := row.acts.get("POST")) is None or row.gate is Gate.SIGNED:
            continue
        for role in sorted(act.who):
            one = visit(row, "POST", role, clients[role], targets[Relation.OWN])
            assert one.response.status_code == 403, f"{row.name} as {role}: {one.response.status_code}"
            refusal = "X-CSRFToken" if row.gate is Gate.API else "提交没有成功"
            assert refusal in one.response.content.decode()
            tried += 1
    assert tried > 50


def test_control_with_the_form_token_the_same_post_gets_through(targets: dict[Relation, Target], at: datetime) -> None:
    client = browsers(at=at, csrf=True)["street_intake"]
    from django.conf import settings

    client.get("/")
    page = client.get("/findings/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    assert page.status_code == 200
    kept = client.post("/findings/views/", {"name": "我的名单", "csrfmiddlewaretoken": token})
    assert kept.status_code == 302


# ---- controls ------------------------------------------------------------------------------------------------
def _first_name(at: datetime) -> str:
    with acting_as(viewer=system_viewer(at=at), at=at):
        return str(Person.objects.order_by("id").values_list("name", flat=True)[0])


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_first_name(request.at))  # type: ignore[attr-defined]


@staff_page(capability="registry.view_person")
def looks_past_the_area(request: HttpRequest, person_id: int) -> HttpResponse:
    at: datetime = request.at  # type: ignore[attr-defined]
    with acting_as(viewer=system_viewer(at=at), at=at):
        return HttpResponse(Person.objects.filter(id=person_id).values_list("name", flat=True).first() or "")


@staff_page(capability=None)
def writes_when_read(request: HttpRequest) -> HttpResponse:
    from minsheng.work.eligibility.models import SavedView

    SavedView.objects.create(
        account_id=request.viewer.account_id,  # type: ignore[attr-defined]
        name="unasked",
        query="",
        saved_at=request.at,  # type: ignore[attr-defined]
    )
    return HttpResponse("ok")


planted_site = ModuleType("planted_site")
planted_site.__dict__.update(
    {name: value for name, value in vars(site).items() if name.startswith("handler")},
    urlpatterns=[
        *site.urlpatterns,
        path("unguarded/", unguarded, name="unguarded"),
        path("past/<int:person_id>/", looks_past_the_area, name="past"),
        path("writing/", writes_when_read, name="writing"),
    ],
)
PLANTED = {
    "unguarded": Row("unguarded", "unguarded/", reads(STAFF)),
    "past": Row(
        "past", "past/<int:person_id>/", reads(STAFF), lambda target: {"person_id": target.person_id}, scoped=True
    ),
    "writing": Row("writing", "writing/", reads(SIGNED_IN)),
}


def walked(name: str, clients: dict[str, Client], targets: dict[Relation, Target]) -> list[Visit]:
    with override_settings(ROOT_URLCONF=planted_site):
        return list(walk([PLANTED[name]], clients, targets))


def test_control_an_unguarded_view_is_reported(
    targets: dict[Relation, Target], clients: dict[str, Client], at: datetime, quiet: None
) -> None:
    visits = walked("unguarded", clients, targets)
    breaches = {(b.role, b.method): b for one in visits if (b := breach_of(one))}
    found = breaches[(ANONYMOUS, "GET")]
    assert (found.got, found.wanted) == ("200", "302 to the sign-in page")
    seen = next(one for one in visits if (one.role, one.method) == (ANONYMOUS, "GET"))
    assert seen.response.content.decode() == _first_name(at)
    assert {"no_grant", "system_officer"} <= {role for role, _ in breaches}


def test_control_a_view_that_looks_past_the_area_is_reported(
    targets: dict[Relation, Target], clients: dict[str, Client], quiet: None
) -> None:
    breaches = [b for one in walked("past", clients, targets) if (b := breach_of(one))]
    assert {b.relation for b in breaches if b.role == "grid_worker" and b.method == "GET"} == (
        set(Relation) - {Relation.OWN}
    )
    # The system account of the planted view covers one district; the name of the other is empty, the 200 is not.
    assert not [b for b in breaches if b.relation is Relation.OWN and b.role in STAFF - {"district_leader"} - FINANCE]


def test_control_a_get_that_writes_is_seen(
    targets: dict[Relation, Target], clients: dict[str, Client], quiet: None
) -> None:
    visits = [one for one in walked("writing", clients, targets) if one.method == "GET" and one.is_success]
    assert {one.role for one in visits} == SIGNED_IN
    assert [one.role for one in visits if one.written != {"eligibility_saved_view"}] == []

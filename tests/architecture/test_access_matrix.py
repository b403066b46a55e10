"""The access matrix is complete by construction: every URL has a row, every row a URL, and the page is up to date."""

from pathlib import Path
from types import ModuleType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from architecture.access_cells import ANONYMOUS, METHODS, NO_GRANT, OFFICERS, REACH, RESIDENT, ROLES, STAFF, Row
from architecture.access_matrix import TABLE, as_markdown, role_labels
from minsheng.config import roles
from minsheng.config import urls as site
from minsheng.config.demo.accounts import STAFF as DEMO_STAFF

PAGE = Path(__file__).parents[2] / "docs" / "access.md"


def doors(resolver: Any, namespace: str = "", route: str = "") -> list[tuple[str, str, Any]]:
    """Every URL pattern that a resolver reaches: (qualified name, whole route, view); django-ninja's included."""
    found = []
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{namespace}{one.namespace}:" if one.namespace else namespace
            found += doors(one, inside, here)
        elif isinstance(one, URLPattern):
            found.append((f"{namespace}{one.name}" if one.name else "", here, one.callback))
    return found


def gaps(table: tuple[Row, ...], urlconf: str | ModuleType) -> list[str]:
    """What the table does not say of the site, and what it says of no site."""
    problems = []
    declared = {(row.name, row.route): row for row in table}
    if len(declared) != len(table):
        problems.append("two rows for one address")
    mounted = doors(get_resolver(urlconf))
    for name, route, view in mounted:
        row = declared.get((name, route))
        if row is None:
            problems.append(f"/{route} ({name or 'without a name'}) is not in the access matrix")
            continue
        # The gate keeps its methods readable on the view; what it lets through must be declared, and the reverse.
        methods = getattr(view, "methods", None)
        if methods is not None and set(methods) != set(row.acts):
            problems.append(f"{name} lets through {sorted(methods)}, declared are {sorted(row.acts)}")
    existing = {(name, route) for name, route, _ in mounted}
    problems += [f"{name} is declared at /{route}, where nothing is" for name, route in declared.keys() - existing]
    return problems


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert gaps(TABLE, site.__name__) == []


def test_the_walk_sees_the_site() -> None:
    """The control of the control: a walk that finds nothing would find no gap."""
    found = {name for name, _, _ in doors(get_resolver(site.__name__))}
    assert {"eligibility:findings", "places:boundary_apply", "account_login"} <= found
    assert len(found) >= 24


def test_the_roles_are_those_of_the_house() -> None:
    without_people = {"system", "exchange_partner"}  # nobody signs in as these
    defined = {role.code for role in roles.ROLES} - without_people
    assert set(ROLES) - {ANONYMOUS, RESIDENT, NO_GRANT} == defined == set(DEMO_STAFF)
    assert {role.code for role in roles.ROLES if role.sees_records} - without_people == STAFF == set(REACH)
    assert defined - STAFF == OFFICERS


def test_methods_and_roles_of_the_table_exist() -> None:
    for row in TABLE:
        assert set(row.acts) <= set(METHODS), row.name
        assert row.anyone <= set(ROLES), row.name
        assert row.anyone, f"nobody gets through {row.name}"


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("林阿珍")


def planted(*patterns: Any) -> ModuleType:
    module = ModuleType("planted_site")
    module.urlpatterns = [*site.urlpatterns, *patterns]  # type: ignore[attr-defined]
    return module


def added(table: tuple[Row, ...], urlconf: str | ModuleType) -> set[str]:
    return set(gaps(table, urlconf)) - set(gaps(TABLE, site.__name__))


def test_control_a_new_address_without_a_row_is_found() -> None:
    with_hole = planted(path("who-lives-there/", unguarded, name="who_lives_there"))
    assert added(TABLE, with_hole) == {"/who-lives-there/ (who_lives_there) is not in the access matrix"}
    nameless = planted(path("nameless/", unguarded))
    assert added(TABLE, nameless) == {"/nameless/ (without a name) is not in the access matrix"}


def test_control_a_row_without_an_address_is_found() -> None:
    gone = Row("registry:gone", "gone/", {})
    assert added((*TABLE, gone), site.__name__) == {"registry:gone is declared at /gone/, where nothing is"}


def test_control_an_address_of_an_api_is_found() -> None:
    from minsheng.foundation.api.factory import make_api

    api = make_api(title="t", version="1", namespace="planted-api")
    api.get("/people", url_name="people")(lambda request: [])
    with_api = planted(path("api/", api.urls))
    found = gaps(TABLE, with_api)
    assert any("/api/people (planted-api:people)" in one for one in found), found


def test_the_page_for_people_is_up_to_date() -> None:
    told = as_markdown(TABLE, role_labels())
    assert PAGE.read_text("utf-8") == told, (
        f"run: PYTHONPATH=src:tests python tests/architecture/access_matrix.py > docs/{PAGE.name}"
    )

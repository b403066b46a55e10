"""One way to make an API: signed-in viewers, problems in Chinese, keyset paging, OpenAPI 3.1."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseNotAllowed
from ninja import NinjaAPI, Schema
from ninja.renderers import JSONRenderer
from ninja.security import APIKeyCookie
from ninja.throttling import AuthRateThrottle
from ninja.types import DictStrAny
from pydantic import Field

from minsheng.foundation.api.problems import problem, tell_problems
from minsheng.foundation.pages.paging import DEFAULT_PAGE, LARGEST_PAGE, KeysetPage, keyset_page

Out = TypeVar("Out")
Row = TypeVar("Row", bound=Model)


class SignedInViewer(APIKeyCookie):
    """The viewer that ViewerMiddleware found by the session cookie; unsafe methods also need the CSRF token."""

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """This function will return `request.viewer`, or None, which ninja answers with 401."""
        return getattr(request, "viewer", None)


class AccountRateThrottle(AuthRateThrottle):
    """A limit on the calls of one account. The viewer itself is another object, with another id, in every request."""

    def get_cache_key(self, request: HttpRequest) -> str:
        """This method will name the account; who is not signed in is refused before anything is counted."""
        viewer = getattr(request, "viewer", None)
        ident = self.get_ident(request) if viewer is None else viewer.account_id
        return str(self.cache_format % {"scope": self.scope, "ident": ident})


class PageQuery(Schema):
    """The two parameters of every list: how many, and after which row."""

    limit: int = Field(DEFAULT_PAGE, ge=1, le=LARGEST_PAGE)
    page: str | None = Field(None, max_length=2_000)


class PageOut(Schema, Generic[Out]):
    """One page: the items and the tokens of the neighbours; there is no total, which would count the whole table."""

    items: list[Out]
    next: str | None = None
    previous: str | None = None


class ReadableJSON(JSONRenderer):
    """Chinese stands in the answer as Chinese, so that who reads it in a terminal can."""

    json_dumps_params = {"ensure_ascii": False}


class HouseAPI(NinjaAPI):
    """An API that describes its refusals as what they are sent as, and lets a room describe more when asked."""

    describe: Callable[[dict[str, Any]], None] | None = None

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None) -> Any:
        """This method will make the description; refusals are `application/problem+json`."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation.get("responses", {}).items():
                    if str(status)[0] in "45" and "application/json" in response.get("content", {}):
                        response["content"] = {"application/problem+json": response["content"]["application/json"]}
        if self.describe is not None:
            self.describe(schema)
        return schema


def make_api(
    *,
    title: str,
    version: str,
    namespace: str,
    description: str = "",
    describe: Callable[[dict[str, Any]], None] | None = None,
) -> NinjaAPI:
    """This function will make an API whose every operation needs a signed-in viewer unless it says `auth=None`.

    Mount it with `path("api/v1/", api.urls)`. The description is served at `openapi.json` for viewers only; `describe`
    may add to it what is known only when it is asked for.
    """
    api = HouseAPI(
        title=title,
        version=version,
        description=description,
        urls_namespace=namespace,
        auth=SignedInViewer(),
        renderer=ReadableJSON(),
        docs_url=None,  # the ready-made page loads scripts from elsewhere, which the security policy refuses
        openapi_url="openapi.json",
        docs_decorator=_only_for_viewers,
    )
    api.describe = describe
    tell_problems(api)
    return api


def page_of(rows: QuerySet[Row], *, order: tuple[str, ...], query: PageQuery) -> KeysetPage[Row]:
    """This function will page a queryset by the query parameters; see `pages.paging.keyset_page`."""
    return keyset_page(rows, order=order, token=query.page, size=query.limit)


def page_out(page: KeysetPage[Any], items: list[Any]) -> dict[str, Any]:
    """This function will give the answer of a list operation: `items` made from `page.rows`, and the two tokens."""
    return {"items": items, "next": page.next_token, "previous": page.previous_token}


def _only_for_viewers(view: Any) -> Any:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        if getattr(request, "viewer", None) is None:
            return problem(request, status=401, detail="请登录后再看接口说明。")
        return view(request, *args, **kwargs)

    return guarded

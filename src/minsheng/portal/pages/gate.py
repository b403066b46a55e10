"""The gate of the residents' pages: a sitting, or the page where one signs in. Staff rights count for nothing here."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from minsheng.portal.scope import UnableToKnowResident, as_resident
from minsheng.portal.types import Resident

View = TypeVar("View", bound=Callable[..., HttpResponse])
TOKEN = "resident"  # where the session of the browser keeps the sitting's token


class ResidentRequest(HttpRequest):
    """A request that has passed the residents' gate."""

    resident: Resident
    at: Any


def resident_page(*, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable[[View], View]:
    """This function will guard a view: a sitting that runs, and the database narrowed to its household.

    Whoever is signed in as staff in this browser must sign out first: one browser, one person.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            token = request.session.get(TOKEN, "")
            if not token or request.user.is_authenticated:
                return _to_the_door(request)
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            at, request_id = request.at, getattr(request, "request_id", "")  # type: ignore[attr-defined]
            try:
                with as_resident(token=token, at=at, request_id=request_id) as resident:
                    request.resident = resident  # type: ignore[attr-defined]
                    response = view(request, *args, **kwargs)
            except UnableToKnowResident:
                del request.session[TOKEN]
                return _to_the_door(request, ended=True)
            patch_cache_control(response, no_store=True, private=True)
            return response

        guarded.methods = methods  # type: ignore[attr-defined]
        guarded.for_residents = True  # type: ignore[attr-defined]
        return cast(View, guarded)

    return guard


def _to_the_door(request: HttpRequest, *, ended: bool = False) -> HttpResponse:
    asked = {"next": request.get_full_path() if request.method in ("GET", "HEAD") else ""}
    if ended:
        asked["ended"] = "1"
    return redirect(f"{reverse('portal:sign_in')}?{urlencode({k: v for k, v in asked.items() if v})}")

"""One view answers with a whole page or with the fragment that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_fragment(request: HttpRequest) -> bool:
    """This function will say whether htmx wants a fragment: not for boosted links, nor when history is restored."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def page_or_fragment(
    request: HttpRequest, *, page: str, fragment: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """This function will render `fragment` for htmx and `page` (which includes that fragment) for everybody else."""
    response = render(request, fragment if is_fragment(request) else page, dict(context), status=status)
    # Without Vary a browser's back button would show the bare fragment.
    patch_vary_headers(response, ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"))
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """This function will lead the browser to another page, whether htmx or the browser itself asked."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponse(status=303, headers={"Location": url})

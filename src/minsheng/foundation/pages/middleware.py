"""The outermost middleware: names every request, and puts on each answer what a browser must never guess."""

from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from minsheng.foundation.pages.htmx import is_fragment
from minsheng.foundation.pages.views import permission_denied

PERMISSIONS_POLICY = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"


class RequestIdentity:
    """Gives each request an id (also in the log and on error pages) and each answer its security headers.

    The id is always our own: an id taken from the client would let one person write into another's log lines.
    Frame-ancestors, scripts and styles are the business of django-csp; nosniff and referrer of SecurityMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4().hex  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):  # type: ignore[attr-defined]
            response = lead_to_sign_in(request, self.get_response(request))
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "viewer", None) is not None:
            # What a signed-in person saw must not come back from the cache of a shared desk computer.
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """This function will answer a refusal of an operation (`UnableToAct`, a PermissionError) with the 403 page."""
        # The API tells its own story (problem+json) and handles its exceptions before they come here.
        return permission_denied(request, exception) if isinstance(exception, PermissionError) else None


def lead_to_sign_in(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """This function will turn htmx's redirect to the sign-in page into one of the whole browser.

    htmx would follow the redirect silently and put the sign-in form into a corner of the page. The person comes back
    to the page that stood in the address bar, where `minsheng.js` puts back what was typed.
    """
    location = response.headers.get("Location", "")
    sign_in = resolve_url(settings.LOGIN_URL) if location and is_fragment(request) else ""
    if not sign_in or location.split("?")[0] != sign_in:
        return response
    here = request.headers.get("HX-Current-URL", "")
    if not url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()}):
        here = "/"
    return HttpResponse(status=204, headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': here})}"})

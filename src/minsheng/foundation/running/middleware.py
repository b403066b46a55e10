"""Before the view: is the request too large, too frequent, or for something that is switched off? After it: figures.

It stands below the security headers, so that its refusals carry them, and above the static files.
"""

import logging
from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from minsheng.foundation.api.problems import problem_answer
from minsheng.foundation.pages import views as pages
from minsheng.foundation.pages.views import Story, tell
from minsheng.foundation.running import metrics
from minsheng.foundation.running.rules import switched_off
from minsheng.foundation.running.space import note_full_database
from minsheng.foundation.running.state import current_state

log = logging.getLogger("minsheng.requests")
ACTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RETRY_LATER = "600"


class Watch:
    """Sees every request: refuses what must not reach a view, counts and times the rest, writes one line each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        with metrics.RUNNING.track_inprogress():
            response = _too_large(request) or self.get_response(request)
        if response.status_code == 405 and response.get("Content-Type", "").startswith("text/html"):
            response = _not_allowed(request, response)
        if response.status_code >= 500 and request.path_info.startswith(settings.API_PREFIX):
            response = _said_to_a_program(request, response)
        if getattr(response, "story", pages.READ_ONLY).heading == pages.FULL_DISK.heading:
            metrics.REFUSED.labels("full_disk").inc()
            note_full_database()  # or a place of this machine: the next probe finds out
        _note(request, response, perf_counter() - began)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """This method will refuse what is switched off, and who asks too often."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        return _switched_off(request, name) or _too_often(request, name)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size <= settings.LARGEST_REQUEST:
        return None
    metrics.REFUSED.labels("too_large").inc()
    return _refuse(request, pages.too_large_story(most=settings.LARGEST_REQUEST))


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    told = _refuse(request, pages.METHOD_NOT_ALLOWED)
    told.headers["Allow"] = response.headers.get("Allow", "GET")
    return told


def _said_to_a_program(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What fails outside of the interface's own hands, the end of its transaction above all, comes as a page."""
    story = getattr(response, "story", None)
    if story is None:
        return response
    words = f"{story.happened}{story.kept.split('；')[0]}。"
    if story.unsure:
        words += "请用同一个 Idempotency-Key 再发一次：已经办成的不会再办第二次。"
    waits = {"Retry-After": response.headers["Retry-After"]} if "Retry-After" in response.headers else {}
    return problem_answer(request, status=story.status, detail=words, headers=waits)


def _switched_off(request: HttpRequest, name: str) -> HttpResponse | None:
    state = current_state()
    step = switched_off(state=state, steps=settings.DEGRADE_STEPS, name=name)
    if step is not None:
        story = pages.switched_off_story(label=step.label)
    elif state.read_only and request.method in ACTING and name not in settings.NEVER_SWITCHED_OFF:
        story = pages.READ_ONLY
    else:
        return None
    metrics.REFUSED.labels("switched_off").inc()
    return _refuse(request, story, retry_after=RETRY_LATER)


def _too_often(request: HttpRequest, name: str) -> HttpResponse | None:
    rate = settings.RATES.get(name) or (settings.RATE_OF_ACTS if request.method in ACTING else None)
    if rate is None or not settings.RATE_LIMITED or name in settings.LIMITED_BY_THEMSELVES:
        return None
    key = f"rate:{name}:{request.method in ACTING}:{_who(request)}"
    counts = caches["limits"]  # in the process's memory: it keeps the end of the window, and costs no statement
    counts.add(key, 0, timeout=rate.seconds)
    try:
        number = counts.incr(key)
    except ValueError:  # ran out between the two lines
        return None
    if number <= rate.number:
        return None
    metrics.REFUSED.labels("too_often").inc()
    return _refuse(request, pages.TOO_OFTEN, retry_after=str(rate.seconds))


def _who(request: HttpRequest) -> str:
    viewer = getattr(request, "viewer", None)
    return f"account:{viewer.account_id}" if viewer is not None else f"address:{request.META.get('REMOTE_ADDR', '')}"


def _refuse(request: HttpRequest, story: Story, *, retry_after: str = "") -> HttpResponse:
    is_api = request.path_info.startswith(settings.API_PREFIX)
    response = problem_answer(request, status=story.status, detail=story.happened) if is_api else tell(request, story)
    if retry_after:
        response.headers["Retry-After"] = retry_after
    return response


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match = request.resolver_match
    # The name of the address, not the address: paths hold numbers of cases and tokens of notices.
    view = (match.view_name or "unnamed") if match else "none"
    status = str(response.status_code)
    metrics.REQUESTS.labels(view, request.method if request.method in _METHODS else "other", status).inc()
    metrics.SECONDS.labels(view).observe(seconds)
    viewer = getattr(request, "viewer", None)
    told = {"view": view, "method": request.method, "status": response.status_code, "ms": round(seconds * 1000)}
    if viewer is not None:
        told["account"] = viewer.account_id  # a number; whose it is stands in the database
    log.info("request", extra={"told": told})


_METHODS = ACTING | {"GET", "HEAD", "OPTIONS"}

"""Probes and figures for the operator, answered to the operator's own networks only; for everybody else, nothing."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from minsheng.foundation.running import metrics, queries
from minsheng.foundation.running.rules import comes_from_inside
from minsheng.foundation.running.space import free_bytes
from minsheng.foundation.running.state import current_state

View = Callable[[HttpRequest], HttpResponse]
_going = False


def go() -> None:
    """This function will have this process say that it takes no more requests: the server is being stopped."""
    global _going
    _going = True


def _from_inside(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not comes_from_inside(address=request.META.get("REMOTE_ADDR", ""), networks=settings.INSIDE):
            raise Http404
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = view(request)
        response.headers["Cache-Control"] = "no-store"
        return response

    guarded.outside_of_transactions = True  # type: ignore[attr-defined]
    return guarded


@_from_inside
def livez(request: HttpRequest) -> HttpResponse:
    """This function will say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@_from_inside
def readyz(request: HttpRequest) -> HttpResponse:
    """This function will say whether requests may be sent here: database, keys and disks, and nobody stops it."""
    found = queries.fitness() | ({"server": "stopping"} if _going else {})
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


@_from_inside
def figures(request: HttpRequest) -> HttpResponse:
    """This function will return the figures for Prometheus."""
    state = current_state()
    metrics.LEVEL.set(state.level)
    metrics.READ_ONLY.set(state.read_only)
    for what, number in queries.waiting().items():
        metrics.WAITING.labels(what).set(number)
    for place, free in free_bytes().items():
        metrics.FREE.labels(place).set(free)
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)

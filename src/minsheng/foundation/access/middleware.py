from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from minsheng.foundation.access import context
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.access.types import UnableToAct

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Runner = Callable[[HttpRequest, Callable[[], HttpResponse]], HttpResponse]


class ViewerMiddleware:
    """Puts `request.at` (the clock, read once, in business time) and `request.viewer` on each request; scopes the view.

    It must stand last: its `process_view` opens the request's transaction, names the account to the database as the
    first statement, and runs the view inside. Django's own ATOMIC_REQUESTS leaves no place for that first statement.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # A room above this one sees to it that an act is done once (settings RUNS_VIEWS).
        self.run: Runner = import_string(settings.RUNS_VIEWS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = timezone.localtime() + timedelta(days=settings.DEMO_DAYS_AHEAD)  # type: ignore[attr-defined]
        request.viewer = None  # type: ignore[attr-defined]
        user: Any = request.user
        if user.is_authenticated:
            request.viewer = get_viewer(  # type: ignore[attr-defined]
                account_id=user.pk,
                name=user.display_name,
                username=user.username,
                at=request.at,  # type: ignore[attr-defined]
                request_id=getattr(request, "request_id", ""),
            )
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "outside_of_transactions", False):
            return None  # a probe answers also while the database does not
        viewer = request.viewer  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                context.enter(account_id=viewer.account_id if viewer else None, at=request.at)  # type: ignore[attr-defined]
                response = self.run(request, lambda: _rendered(view(request, *args, **kwargs)))
                # From here on the database may have done it even if its answer never comes (experiment E9).
                request.may_be_done = request.method not in SAFE  # type: ignore[attr-defined]
        except UnableToAct as refusal:
            # Raised here, Django would log it as a fault of ours; it is a refusal with a page of its own.
            raise PermissionDenied(str(refusal)) from refusal
        return response


def _rendered(response: Any) -> HttpResponse:
    rendered: HttpResponse = response.render() if callable(getattr(response, "render", None)) else response
    return rendered

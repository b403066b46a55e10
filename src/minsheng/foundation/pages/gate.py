"""The gate of every page: who is not signed in goes to the door, who may not gets a plain refusal."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from minsheng.foundation.accounts.types import Viewer

View = TypeVar("View", bound=Callable[..., HttpResponse])


class StaffRequest(HttpRequest):
    """A request that has passed the gate: who asks, and the instant at which the clock was read."""

    viewer: Viewer
    at: datetime


def staff_page(
    *, capability: str | None, also: str | None = None, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View], View]:
    """This function will guard a view: signed in, with the capability (None: any staff), by these methods only.

    `also` names a second capability, for a page that joins two kinds of data.

    The capability stays readable on the view (`view.capability`), so that the access matrix can be checked for
    completeness; the view's own query or operation checks it again.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer = getattr(request, "viewer", None)
            if viewer is None:
                return redirect_to_login(request.get_full_path())
            if not (viewer.can(capability) and viewer.can(also)):
                raise PermissionDenied(f"您的岗位（{viewer.role_label or '未授权'}）不能打开这一页。")
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        guarded.methods = methods  # type: ignore[attr-defined]
        return cast(View, guarded)

    return guard

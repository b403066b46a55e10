"""What the entrance adds to a page: the form that was kept when the sign-in ended, for its owner only."""

from typing import Any

from django.http import HttpRequest

from minsheng.foundation.entrance import operations


def kept_form(request: HttpRequest) -> dict[str, Any]:
    """This function will give templates `kept_form` on the page where the form stood, else None.

    Never nothing: a name that a template does not find is logged at DEBUG with the whole context, a number sought
    among it.
    """
    viewer = getattr(request, "viewer", None)
    if viewer is None or request.get_full_path() not in request.session.get("kept", {}):
        return {"kept_form": None}
    kept = operations.kept_for(account_id=viewer.account_id, page=request.get_full_path(), at=request.at)  # type: ignore[attr-defined]
    if kept is None:
        return {"kept_form": None}
    fields = operations.kept_fields(kept, account_id=viewer.account_id)
    return {"kept_form": {"action": kept.action, "fields": fields, "had_files": kept.had_files}}

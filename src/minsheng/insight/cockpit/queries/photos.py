"""The photos of a project as its page shows them, the newest first."""

from dataclasses import dataclass
from datetime import date

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.cockpit.models import ProjectPhoto


@dataclass(frozen=True)
class PhotoLine:
    """One photo; `width` and `height` in pixels, so that the page keeps its place before the photo is there."""

    id: int
    taken_on: date
    words: str
    width: int
    height: int
    by: str


def photos_of(*, viewer: Viewer, project_id: int) -> tuple[PhotoLine, ...]:
    """This function will list the photos of a project that the viewer may see; those withdrawn are out."""
    require(viewer=viewer, capability="cockpit.view")
    rows = list(
        ProjectPhoto.objects.filter(statement_id=project_id, withdrawn_at__isnull=True)
        .order_by("-taken_on", "-id")
        .values_list("id", "taken_on", "words", "file__width", "file__height", "added_by")
    )
    names = accounts.display_names(account_ids={row[-1] for row in rows})
    return tuple(PhotoLine(*row[:-1], names.get(row[-1], "")) for row in rows)

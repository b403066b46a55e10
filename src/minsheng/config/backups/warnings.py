"""What `serve --check` says of an installation whose backups nobody drills."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def somebody_drills(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """This function will warn of an installation that is served and whose backups are never tried."""
    if settings.BACKUPS:
        return []
    hint = (
        "Name the folder of backups: MINSHENG_BACKUPS=/backup; `none` where another machine drills and answers for it."
    )
    return [Warning("No backups are named, so no restore is drilled.", hint=hint, id="backups.W001")]

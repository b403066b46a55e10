"""System checks: a menu entry without an address would vanish silently, so it is reported at start."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from minsheng.foundation.pages.context import address, navigation


@register()
def menu_has_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """This function will warn of NAVIGATION entries whose url_name no room has claimed."""
    return [
        Warning(
            f"NAVIGATION entry {entry['label']} names {entry['url_name']}, which no URL configuration claims.",
            hint="Include the room's pages/urls.py, or take the entry out.",
            id="pages.W001",
        )
        for entry in navigation()
        if not address(entry["url_name"])
    ]

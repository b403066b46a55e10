"""System checks of the entrance: what is allowed in a demo must never be on in production."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

SIMPLE = "MINSHENG_SIGN_IN_SIMPLE lets people in without a second factor; only a demo (MINSHENG_DEMO=1) may."


@register()
def second_factor_is_on(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """This function will refuse an installation that is no demo and yet takes passwords alone."""
    if settings.SIGN_IN_SIMPLE and not settings.DEMO:
        return [Error(SIMPLE, hint="Unset MINSHENG_SIGN_IN_SIMPLE.", id="entrance.E001")]
    return []

"""What every page needs around its content: menu, search, who is signed in."""

from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

PRODUCT_NAME = "民生直达"


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the main menu."""

    label: str
    url: str
    active: bool


ROW = 9  # entries of the menu that stand in one row at 1280 px


def page(request: HttpRequest) -> dict[str, Any]:
    """This function will give templates `product_name`, `viewer`, `menu`, `menu_more`, `search_url`, `sign_out_url`,
    `account_url`, `request_id`.

    The menu comes from settings NAVIGATION (label, url_name, capability, seldom) and shows only what the viewer can do;
    where it is longer than a row, what is seldom wanted moves to `menu_more`. An entry whose address does not exist is
    left out here and reported by the system check pages.W001.
    """
    viewer = getattr(request, "viewer", None)
    menu: list[MenuEntry] = []
    more: list[MenuEntry] = []
    if viewer is not None:
        allowed = [entry for entry in navigation() if viewer.can(entry["capability"])]
        known = [(entry, url) for entry in allowed if (url := address(entry["url_name"]))]
        here = _longest_prefix(request.path, [url for _, url in known])
        is_long = len(known) > ROW
        for entry, url in known:
            place = more if is_long and entry.get("seldom") else menu
            place.append(MenuEntry(entry["label"], url, url == here))
    may_search = viewer is not None and viewer.can(getattr(settings, "SEARCH_CAPABILITY", "registry.search"))
    return {
        "product_name": PRODUCT_NAME,
        "viewer": viewer,
        "menu": menu,
        "menu_more": more,
        "search_url": address(getattr(settings, "SEARCH_URL_NAME", "registry:search")) if may_search else "",
        "sign_out_url": address(getattr(settings, "SIGN_OUT_URL_NAME", "account_logout")),
        "account_url": address(getattr(settings, "ACCOUNT_URL_NAME", "mfa_index")) if viewer is not None else "",
        "request_id": getattr(request, "request_id", ""),
    }


def navigation() -> list[dict[str, Any]]:
    """This function will return the menu as the settings declare it."""
    return cast(list[dict[str, Any]], settings.NAVIGATION)


def address(url_name: str) -> str:
    """This function will return the address of a named URL, or "" when no room has claimed the name."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _longest_prefix(path: str, urls: list[str]) -> str:
    matching = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matching, key=len, default="")

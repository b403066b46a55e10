"""Filters kept in the address: every chip is a link, so a filtered list can be bookmarked, sent and gone back to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

PAGE_PARAMETER = "page"


@dataclass(frozen=True)
class Chip:
    """One choice. `url` leads to the list with the choice toggled; `count` is the number of rows, or None."""

    label: str
    url: str
    active: bool
    count: int | None = None


@dataclass(frozen=True)
class ChipRow:
    """The choices of one filter."""

    label: str
    chips: Sequence[Chip]


def chip_row(
    *,
    query: QueryDict,
    parameter: str,
    label: str,
    options: Iterable[tuple[str, str]],
    counts: Mapping[str, int] | None = None,
    several: bool = False,
) -> ChipRow:
    """This function will make the chips of one filter from (value, label) pairs.

    A click chooses the value, a second click takes it away; with `several` choices add up. The page token is dropped,
    because it belongs to the old list; all other parameters are kept.
    """
    chosen = query.getlist(parameter)
    chips = []
    for value, text in options:
        active = value in chosen
        changed = query.copy()
        changed.pop(PAGE_PARAMETER, None)
        rest = [v for v in chosen if v != value] if several else []
        changed.setlist(parameter, rest if active else [*rest, value])
        chips.append(
            Chip(text, "?" + changed.urlencode(), active, counts.get(value, 0) if counts is not None else None)
        )
    return ChipRow(label, chips)


def clear_url(query: QueryDict, *, parameters: Iterable[str]) -> str:
    """This function will return the address without these filters, or "" when none of them is set."""
    names = [name for name in parameters if query.get(name)]
    if not names:
        return ""
    changed = query.copy()
    for name in [*names, PAGE_PARAMETER]:
        changed.pop(name, None)
    return "?" + changed.urlencode()


def kept(query: QueryDict, *, except_for: Iterable[str] = ()) -> list[tuple[str, str]]:
    """This function will list the parameters that a search form must carry along as hidden inputs."""
    dropped = {PAGE_PARAMETER, *except_for}
    return [(name, value) for name, values in query.lists() if name not in dropped for value in values]

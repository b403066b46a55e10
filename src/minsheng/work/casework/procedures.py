"""The procedures of the law as data: read from `data/procedures`, checked as a whole, and asked by day."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minsheng.foundation.calendars.types import CalendarDays, Limit, WorkingDays
from minsheng.work.casework.rules.papers import CHECK_SOURCES
from minsheng.work.casework.types import Act, Edition, LimitRule

FOLDER = Path(__file__).parent / "data" / "procedures"
OWNERS = {
    "street_intake": "街道经办",
    "street_review": "街道审核",
    "confirmer": "确认机关",
}
# What leads to confirmation: the end of the notice, or, where there is none, forwarding.
_TO_CONFIRMATION = frozenset({Act.END_NOTICE, Act.FORWARD})
_SHARED = {"procedure", "title", "schemes", "required", "notice", "delegable", "extension", "sources"}
_SHARED |= {"review_months", "valid_months", "limits", "advance", "hearing", "hearing_article"}
_KEYS = _SHARED | {"code", "from", "basis", "transition"}


class UnableToReadProcedure(ValueError):
    """A procedure's file contradicts itself or the acts that exist: names the file, the place and the remedy."""


def read_procedures(folder: Path) -> dict[str, tuple[Edition, ...]]:
    """This function will read every procedure of a folder: code to its editions, the oldest first."""
    found: dict[str, tuple[Edition, ...]] = {}
    for path in sorted(folder.glob("*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        for one in raw if isinstance(raw, list) else [raw]:
            try:
                editions = _editions(one)
            except (KeyError, TypeError, ValueError) as problem:
                raise UnableToReadProcedure(f"{path.name}: {type(problem).__name__}: {problem}") from problem
            found[editions[0].procedure] = editions
    return found


@lru_cache(maxsize=1)
def procedures() -> Mapping[str, tuple[Edition, ...]]:
    """This function will return the procedures of this installation, loaded once and checked when loaded."""
    return read_procedures(FOLDER)


def edition_on(procedure: str, day: date) -> Edition | None:
    """This function will return the edition of a procedure in force on a day, or None before its first."""
    held = [edition for edition in procedures().get(procedure, ()) if edition.from_date <= day]
    return held[-1] if held else None


def edition_of(procedure: str, code: str) -> Edition:
    """This function will return the edition that a case began under."""
    return next(edition for edition in procedures()[procedure] if edition.code == code)


def procedures_for(scheme: str, day: date) -> list[Edition]:
    """This function will return the editions in force by which a scheme is decided."""
    return [e for code in procedures() if (e := edition_on(code, day)) is not None and scheme in e.schemes]


def _editions(raw: dict[str, Any]) -> tuple[Edition, ...]:
    shared = {key: value for key, value in raw.items() if key != "editions"}
    editions = tuple(_edition({**shared, **own}) for own in raw["editions"])
    if [e.from_date for e in editions] != sorted({e.from_date for e in editions}):
        raise ValueError("editions stand in the order of their first days, one per day")
    return editions


def _edition(raw: dict[str, Any]) -> Edition:
    if unknown := set(raw) - _KEYS:
        raise ValueError(f"unknown key {sorted(unknown)[0]}")
    required = tuple(Act(name) for name in raw["required"])
    limits = tuple(_limit(one) for one in raw["limits"])
    notice, extension = raw.get("notice") or {}, raw.get("extension") or {}
    edition = Edition(
        procedure=raw["procedure"],
        title=raw["title"],
        code=raw["code"],
        from_date=raw["from"],
        basis=raw["basis"],
        schemes=tuple(raw["schemes"]),
        required=required,
        limits=limits,
        notice_days=int(notice.get("days", 0)),
        notice_article=notice.get("article", ""),
        hearing=bool(raw["hearing"]),
        hearing_article=raw["hearing_article"],
        delegable=bool(raw["delegable"]),
        extension_grounds=dict(extension.get("grounds", {})),
        extension_article=extension.get("article", ""),
        sources=tuple(raw["sources"]),
        review_months=int(raw["review_months"]),
        valid_months=raw.get("valid_months"),
        advance=bool(raw.get("advance", False)),
        transition=raw["transition"],
    )
    for problem in _contradictions(edition):
        raise ValueError(f"{edition.code}: {problem}")
    return edition


def _contradictions(edition: Edition) -> list[str]:
    """What a procedure may not say: each sentence names the remedy."""
    found = []
    needs = set(edition.required)
    if not {Act.SUBMIT, Act.ACCEPT, Act.GIVE_OPINION} <= needs:
        found.append("nobody is granted anything without submit, accept and give_opinion (57号 Art 28)")
    if bool(edition.notice_days) != (Act.PUBLISH_NOTICE in needs):
        found.append("a notice has days, and days need publish_notice among the required acts")
    if len(needs & _TO_CONFIRMATION) != 1:
        found.append("exactly one of end_notice and forward leads to confirmation")
    if (Act.RECORD_INVESTIGATION in needs) != (Act.SIGN_INVESTIGATION in needs):
        found.append("an investigation is recorded by one and signed by another investigator")
    if (Act.REQUEST_CHECK in needs) != bool(edition.sources):
        found.append("a required economic check names its sources, and sources need request_check")
    if Act.REQUEST_CHECK in needs and Act.AUTHORISE not in needs:
        found.append("no economic check without an authorisation (57号 Art 9, 17)")
    if unknown := set(edition.sources) - set(CHECK_SOURCES):
        found.append(f"unknown source {sorted(unknown)[0]}: add it to rules/papers.py")
    if unknown := {limit.owner for limit in edition.limits} - set(OWNERS):
        found.append(f"unknown owner {sorted(unknown)[0]}: add it to OWNERS")
    return found


def _limit(raw: dict[str, Any]) -> LimitRule:
    return LimitRule(
        code=raw["code"],
        label=raw["label"],
        owner=raw["owner"],
        after=tuple(Act(name) for name in raw["after"]),
        done_by=tuple(Act(name) for name in raw["done_by"]),
        limit=_days(raw),
        article=raw["article"],
        delegated=_days(raw["delegated"]) if "delegated" in raw else None,
        extended=_days(raw["extended"]) if "extended" in raw else None,
        unsteady=_days(raw["unsteady"]) if "unsteady" in raw else None,
        doubt=raw.get("doubt", ""),
    )


def _days(raw: dict[str, Any]) -> Limit:
    if ("working_days" in raw) == ("calendar_days" in raw):
        raise ValueError("a limit is either in working_days or in calendar_days")
    return WorkingDays(int(raw["working_days"])) if "working_days" in raw else CalendarDays(int(raw["calendar_days"]))

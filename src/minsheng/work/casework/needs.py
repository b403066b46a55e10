"""The needs of 救助“一件事” as data: read from `data/needs.yaml`, checked against rulebook, procedures and partners."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from minsheng.work.casework.procedures import procedures
from minsheng.work.casework.rules.joining import Need, NeedPartner, NeedPath
from minsheng.work.casework.rules.partners import PARTNERS
from minsheng.work.eligibility import queries as eligibility

FILE = Path(__file__).parent / "data" / "needs.yaml"


class UnableToReadNeeds(ValueError):
    """The list of needs names what does not exist: says which."""


def read_needs(path: Path) -> dict[str, Need]:
    """This function will read the needs: code to need, in the order in which they are asked."""
    found: dict[str, Need] = {}
    for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
        try:
            need = _need(raw)
        except (KeyError, TypeError) as problem:
            raise UnableToReadNeeds(f"{path.name}: {type(problem).__name__}: {problem}") from problem
        for sentence in _contradictions(need, found):
            raise UnableToReadNeeds(f"{path.name}: {need.code}: {sentence}")
        found[need.code] = need
    return found


def _need(raw: Mapping[str, Any]) -> Need:
    return Need(
        code=raw["code"],
        label=raw["label"],
        question=raw["question"],
        paths=tuple(
            NeedPath(one["pick"] == "each", bool(one.get("fresh", False)), tuple(one["schemes"]))
            for one in raw.get("paths", ())
        ),
        partners=tuple(NeedPartner(one["partner"], one.get("scheme", "")) for one in raw.get("partners", ())),
    )


def _contradictions(need: Need, before: Mapping[str, Need]) -> list[str]:
    decided = {scheme for editions in procedures().values() for edition in editions for scheme in edition.schemes}
    asked = {scheme for path in need.paths for scheme in path.schemes}
    rated = {one.scheme for one in need.partners if one.scheme}
    return [
        *(["stands twice"] if need.code in before else []),
        *([] if need.paths or need.partners else ["leads nowhere: give it a path or a partner"]),
        *(f"no procedure decides “{scheme}”" for scheme in sorted(asked - decided)),
        *(f"the rulebook has no “{scheme}”" for scheme in sorted(rated) if eligibility.scheme_ref(code=scheme) is None),
        *(f"no partner “{one.partner}”" for one in need.partners if one.partner not in PARTNERS),
    ]


@lru_cache(maxsize=1)
def needs() -> Mapping[str, Need]:
    """This function will return the needs of this installation, loaded once."""
    return read_needs(FILE)

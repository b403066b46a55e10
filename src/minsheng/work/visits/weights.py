"""The table of early warning, read from `policies/early_warning.yaml`: dated, cited, marked where it is a 演示参数."""

import hashlib
import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from minsheng.work.visits.rules.circumstances import CIRCUMSTANCES
from minsheng.work.visits.types import CircumstanceWeight, Group, SignalKind, SignalWeight, Star, Weights

FILE = "early_warning.yaml"
UNITS = {"", "fen", "months", "times", "percent", "grade_from_mildest"}


class UnableToReadWeights(ValueError):
    """The table is wrong: says where, and what belongs there."""


@lru_cache(maxsize=1)
def editions() -> tuple[Weights, ...]:
    """This function will return every edition of the table, the oldest first."""
    text = (Path(settings.POLICIES) / FILE).read_text(encoding="utf-8")
    return tuple(sorted((read_edition(one) for one in yaml.safe_load(text)["editions"]), key=lambda w: w.valid_from))


def weights_on(day: date) -> Weights:
    """This function will return the edition in force on a day; before the first one, the first."""
    held = [one for one in editions() if one.valid_from <= day]
    return held[-1] if held else editions()[0]


def read_edition(given: dict[str, Any]) -> Weights:
    """This function will read one edition; raises UnableToReadWeights with the place of the first fault."""
    dimensions = {code: (str(one["label"]), _whole(one["cap"], code)) for code, one in given["dimensions"].items()}
    signals = {}
    for code, one in given["signals"].items():
        if code not in set(SignalKind):
            raise UnableToReadWeights(f"{FILE}: signals.{code} is no kind of happening")
        signals[SignalKind(code)] = SignalWeight(
            SignalKind(code),
            _known(one["dimension"], dimensions, code),
            one["label"],
            _unit(one.get("unit", ""), code),
            _falling(one["steps"], code),
            _rising(one["tiers"], code),
            one["question"],
            _cited(one, code),
        )
    if missing := set(SignalKind) - set(signals):
        raise UnableToReadWeights(f"{FILE}: signals {sorted(missing)} have no weight")
    if set(given["circumstances"]) != set(CIRCUMSTANCES):
        raise UnableToReadWeights(f"{FILE}: circumstances must be {sorted(CIRCUMSTANCES)}")
    circumstances = {
        code: CircumstanceWeight(
            code,
            _known(one["dimension"], dimensions, code),
            one["label"],
            _whole(one["points"], code),
            one["question"],
            _cited(one, code),
            one.get("limit_fen"),
            one.get("doubt"),
        )
        for code, one in given["circumstances"].items()
    }
    stars = tuple(
        sorted(
            (Star(s["star"], s["from_points"], s["first_days"], s["every_days"]) for s in given["stars"]),
            key=lambda s: -s.star,
        )
    )
    if [s.star for s in stars] != [5, 4, 3, 2, 1] or [s.from_points for s in stars] != sorted(
        {s.from_points for s in stars}, reverse=True
    ):
        raise UnableToReadWeights(f"{FILE}: stars are 5 to 1, each from fewer points than the one above")
    groups = {
        code: Group(code, one.get("label") or circumstances[code].label, one["star"], _cited(one, code))
        for code, one in given["groups"].items()
    }
    canonical = json.dumps(given, ensure_ascii=False, sort_keys=True, default=str)
    return Weights(
        valid_from=given["from"],
        basis=_cited(given, "edition"),
        doubt=given["doubt"],
        digest=hashlib.sha256(canonical.encode()).hexdigest(),
        settled_permille=_whole(given["settled_permille"], "settled_permille"),
        across_from=_whole(given["across"]["from_points"], "across"),
        across_bonus=_whole(given["across"]["bonus"], "across"),
        dimensions=dimensions,
        signals=signals,
        circumstances=circumstances,
        stars=stars,
        stars_basis=given["stars_basis"],
        groups=groups,
        monthly_groups=tuple(given["monthly_groups"]),
        **{
            name: _whole(given[name], name)
            for name in (
                "retry_days",
                "escalation_days",
                "refer_days",
                "refusal_days",
                "lead_days",
                "finding_days",
                "ask_again_days",
            )
        },
    )


def _whole(value: Any, where: str) -> int:
    if type(value) is not int or value < 0:
        raise UnableToReadWeights(f"{FILE}: {where} needs a whole number, not {value!r}")
    return value


def _known(dimension: str, dimensions: dict[str, tuple[str, int]], where: str) -> str:
    if dimension not in dimensions:
        raise UnableToReadWeights(f"{FILE}: {where} names the dimension {dimension}, which is not described")
    return dimension


def _unit(unit: str, where: str) -> str:
    if unit not in UNITS:
        raise UnableToReadWeights(f"{FILE}: {where} is counted in {unit!r}; known are {sorted(UNITS)}")
    return unit


def _cited(one: dict[str, Any], where: str) -> str:
    if not one.get("basis"):
        raise UnableToReadWeights(f"{FILE}: {where} needs a `basis`")
    return str(one["basis"])


def _falling(steps: list[list[int]], where: str) -> tuple[tuple[int, int], ...]:
    found = tuple((_whole(days, where), _whole(share, where)) for days, share in steps)
    if (
        not found
        or list(found) != sorted(found)
        or [s for _, s in found] != sorted((s for _, s in found), reverse=True)
    ):
        raise UnableToReadWeights(f"{FILE}: {where} counts for longer and longer, and less and less")
    return found


def _rising(tiers: list[list[int]], where: str) -> tuple[tuple[int, int], ...]:
    found = tuple((_whole(least, where), _whole(points, where)) for least, points in tiers)
    if not found or list(found) != sorted(found) or [p for _, p in found] != sorted(p for _, p in found):
        raise UnableToReadWeights(f"{FILE}: {where} gives more points for a higher value")
    return found

"""What asking costs, read from `policies/asking.yaml`: dated, cited, and marked where it is a 演示参数."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from minsheng.work.eligibility.missed.types import Way


class UnableToReadAsking(ValueError):
    """The file of asking costs is wrong: says where, and what belongs there."""


@lru_cache(maxsize=1)
def _content() -> Mapping[str, Any]:
    read = yaml.safe_load((Path(settings.POLICIES) / "asking.yaml").read_text(encoding="utf-8"))
    for code, way in read["ways"].items():
        for version in way["versions"]:
            if type(version.get("fen")) is not int or version["fen"] < 0 or not version.get("basis"):
                raise UnableToReadAsking(f"asking.yaml: {code} needs `fen` as a whole number and a `basis`")
    unknown = set(read["inputs"]) - set(read["ways"])
    if unknown:
        raise UnableToReadAsking(f"asking.yaml: inputs are asked for by {sorted(unknown)}, which no way describes")
    return dict(read)


def ways_on(day: date) -> dict[str, Way]:
    """This function will return the ways to ask with their cost on a day, the cheapest first."""
    made = []
    for code, way in _content()["ways"].items():
        held = [version for version in way["versions"] if version["from"] <= day] or way["versions"][:1]
        last = held[-1]
        made.append(Way(code, way["label"], last["fen"], last["basis"], last.get("doubt")))
    return {way.code: way for way in sorted(made, key=lambda way: (way.cost_fen, way.code))}


def way_of_input() -> dict[str, str]:
    """This function will say in which way each datum is asked for."""
    return {name: way for way, names in _content()["inputs"].items() for name in names}

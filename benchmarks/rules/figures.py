"""The figures of the benchmark's policy, read from its YAML without our engine, so that every engine gets the same.

Only the standard library and PyYAML: this module is also imported inside the peers' environments.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

POLICY = Path(__file__).parent / "policy"


@cache
def inputs() -> dict[str, dict[str, dict[str, Any]]]:
    """This function will return entity → input → its declaration."""
    made: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((POLICY / "inputs.yaml").read_text(encoding="utf-8"))
    return made


@cache
def schemes() -> dict[str, dict[str, Any]]:
    """This function will return scheme → its declaration, in the order in which the schemes are listed."""
    found = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in POLICY.glob("*/scheme.yaml")]
    return {scheme["code"]: scheme for scheme in sorted(found, key=lambda s: (s.get("order", 0), s["code"]))}


def outputs() -> dict[str, str]:
    """This function will return scheme → entity of the person or household that receives it."""
    return {code: scheme["beneficiary"] for code, scheme in schemes().items() if "outcome" in scheme}


def codes(name: str) -> list[str]:
    """This function will return the codes of an input or, for income_class, of the variable."""
    for entity in inputs().values():
        if name in entity:
            return list(entity[name]["codes"])
    return list(schemes()["household"]["variables"][name]["codes"])


def numbers() -> Iterator[tuple[str, str, dict[date, int]]]:
    """This function will yield (scheme.number, unit, day → value)."""
    for code, scheme in schemes().items():
        for name, number in scheme.get("numbers", {}).items():
            yield f"{code}.{name}", number["unit"], {v["from"]: v["value"] for v in number["versions"]}


def tables() -> Iterator[tuple[str, str, dict[date, dict[Any, int]]]]:
    """This function will yield (scheme.table, unit, day → rows); rows by code, or by the lower edge of a band."""
    for code, scheme in schemes().items():
        for name, table in scheme.get("tables", {}).items():
            rows = {
                v["from"]: v["rows"] if "rows" in v else {band["from"]: band["value"] for band in v["bands"]}
                for v in table["versions"]
            }
            yield f"{code}.{name}", table["unit"], rows


def in_force(versions: dict[date, Any], day: date) -> Any:
    """This function will return what holds on a day."""
    return versions[max(begin for begin in versions if begin <= day)]

"""What the auditor knows besides the plan: right titles of documents, easily confused words, units of a district."""

import csv
import re
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True)
class KnownDocument:
    """A document by its right title. `checked`: how the title is known (seen | memory)."""

    title: str
    number: str | None
    checked: str
    source: str


@dataclass(frozen=True)
class Confusion:
    """A phrase in which one word is easily taken for another; the phrase, never the word alone, is the evidence."""

    pattern: re.Pattern[str]
    instead: str
    why: str


@dataclass(frozen=True)
class Knowledge:
    """Everything an audit may lean on; each part may be empty, then its rules say less, never more."""

    documents: tuple[KnownDocument, ...] = ()
    confusions: tuple[Confusion, ...] = ()
    units: dict[str, int] = field(default_factory=dict, hash=False)  # {"街道": 14}
    units_source: str = ""


@cache
def _data(name: str) -> str:
    return (resources.files("minsheng.insight.cockpit") / "data" / name).read_text(encoding="utf-8")


def known_documents() -> tuple[KnownDocument, ...]:
    """This function will load the catalogue of documents (data/documents.yaml)."""
    return tuple(
        KnownDocument(row["title"], row.get("number"), row["checked"], row["source"])
        for row in yaml.safe_load(_data("documents.yaml"))
    )


def known_confusions() -> tuple[Confusion, ...]:
    """This function will load the easily confused words (data/confusions.yaml)."""
    return tuple(
        Confusion(re.compile(row["phrase"]), row["instead"], row["why"])
        for row in yaml.safe_load(_data("confusions.yaml"))
    )


def units_of_district(text: str, year: int | None = None) -> tuple[dict[str, int], str]:
    """This function will count streets and communities of the district that a text names most often.

    Counted at the end of `year`, or, when it is not known, as they are now, in the table of divisions that the
    platform carries; ({}, "") when the text names none of its districts.
    """
    table = resources.files("minsheng.records.places") / "data" / "divisions.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    day = f"{year}-12-31" if year is not None else "9999"
    in_force = [row for row in rows if row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])]
    counties = {row["name"]: row for row in in_force if row["kind"] == "county"}
    named = max(counties, key=text.count, default="")
    if not named or not text.count(named):
        return {}, ""
    district = counties[named]
    below = [row for row in in_force if row["parent_code"] == district["code"]]
    streets = [row for row in below if row["kind"] == "street"]
    codes = {row["code"] for row in streets}
    communities = [row for row in in_force if row["kind"] == "community" and row["parent_code"] in codes]
    counts = {"街道": len(streets), "社区": len(communities)}
    return {word: count for word, count in counts.items() if count}, f"平台区划表：{named}，{district['source']}"


def knowledge_for(text: str, *, year: int | None = None, streets: int | None = None) -> Knowledge:
    """This function will gather what is known for one plan; `streets` overrides the table of divisions.

    `year`: the first year of the plan, for which the table of divisions is asked.
    """
    units, source = units_of_district(text, year)
    if streets is not None:
        units, source = units | {"街道": streets}, "使用者填写"
    return Knowledge(known_documents(), known_confusions(), units, source)

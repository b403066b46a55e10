"""The facts that a household may have, written into the description of the interface from the rulebook itself."""

from typing import Any

from minsheng.work.eligibility.law import seed
from rulebook.book import Input
from rulebook.units import Entity


def describe_facts(described: dict[str, Any]) -> None:
    """This function will put the named facts of the book, with labels and questions, in the place of open maps."""
    schemas = described["components"]["schemas"]
    for schema, entity, field in (
        ("PersonIn", Entity.PERSON, "facts"),
        ("CalculateIn", Entity.HOUSEHOLD, "household"),
        ("ExplainIn", Entity.HOUSEHOLD, "household"),
    ):
        facts = {made.name: _fact(made) for made in seed().inputs.values() if made.entity is entity}
        schemas[schema]["properties"][field] = {
            "type": "object",
            "title": field,
            "properties": facts,
            "additionalProperties": False,
        }


def _fact(made: Input) -> dict[str, Any]:
    kinds: dict[str, dict[str, Any]] = {
        "bool": {"type": ["boolean", "null"]},
        "code": {"enum": [*made.codes, None]},
        "date": {"type": ["string", "null"], "format": "date"},
        "int": {"type": ["integer", "null"], "minimum": made.low, "maximum": made.high},
        "money": {"type": ["integer", "null"], "minimum": made.low, "maximum": made.high},
    }
    return {**kinds[made.type], "title": made.label, "description": made.question}

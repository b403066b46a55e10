"""A warning never changes a benefit: the room imports nothing that could (民发〔2021〕57号 Art 28)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOM = Path(__file__).parents[3] / "src" / "minsheng" / "work" / "visits"
# Reading is all that it takes from the rooms which decide and pay.
READS = {
    "minsheng.work.eligibility.events",
    "minsheng.work.eligibility.missed.queries",
    "minsheng.work.eligibility.operations.evaluation",  # received_in: what is paid, read
    "minsheng.work.eligibility.queries.findings",
}
NAMES = {"DistrictEvaluated", "FindingToAsk", "findings_to_ask", "received_in", "area_ids_within"}


def taken(text: str) -> Iterator[tuple[str, str]]:
    """What a file takes from the rooms that decide and pay: (module, name)."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.startswith(
                ("minsheng.work.eligibility", "minsheng.work.payments", "minsheng.work.casework")
            ):
                yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (a.name, "") for a in node.names if a.name.startswith("minsheng.work.") and "visits" not in a.name
            )


def test_the_room_reads_of_benefits_and_writes_none() -> None:
    found = [one for path in sorted(ROOM.rglob("*.py")) for one in taken(path.read_text(encoding="utf-8"))]
    assert {module for module, _ in found} == READS
    assert {name for _, name in found} == NAMES


def test_a_way_to_a_benefit_would_be_seen() -> None:
    """The control."""
    assert list(taken("from minsheng.work.eligibility.operations import evaluate_households")) == [
        ("minsheng.work.eligibility.operations", "evaluate_households")
    ]
    assert list(taken("import minsheng.work.payments.operations")) == [("minsheng.work.payments.operations", "")]

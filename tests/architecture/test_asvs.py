"""The table of requirements is complete, and what is met by a test is met by one that exists.

Controls: a missing id, a test that does not exist, and a document that does not speak of an id are each reported.
"""

import ast
import re
from functools import cache
from pathlib import Path

from architecture.asvs_table import STATUSES, Claim, as_markdown, claims

ROOT = Path(__file__).parents[2]
IDS = Path(__file__).with_name("asvs_ids.txt")


def wanted() -> dict[str, str]:
    """The ids of levels 1 and 2."""
    lines = [line.split() for line in IDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return dict(lines)


@cache
def names_in(place: str) -> frozenset[str]:
    path = ROOT / place
    if not path.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    )


def spoken_of(number: str, text: str) -> bool:
    return bool(re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", text))


def problems(rows: list[Claim], *, ids: dict[str, str], document: str) -> list[str]:
    """What is wrong with a list of claims."""
    by_id = {row.id: row for row in rows}
    found = [f"{number} has no row" for number in ids if number not in by_id]
    found += [
        f"{number}: level {level}" for number, level in ids.items() if number in by_id and by_id[number].level != level
    ]
    if len(by_id) != len(rows):
        found.append("an id has two rows")
    for row in rows:
        if row.status not in STATUSES or not row.proof:
            found.append(f"{row.id}: {row.status} without a reason")
        for test in row.tests:
            place, _, name = test.partition("::")
            if test == "docs/security.md":
                if not spoken_of(row.id, document):
                    found.append(f"{row.id}: docs/security.md does not speak of it")
            elif not name.startswith("test_") or name not in names_in(place):
                found.append(f"{row.id}: there is no test {test}")
    return found


DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_requirement_has_a_row_and_every_proof_exists() -> None:
    assert [*wanted().values()].count("1") == 70
    assert [*wanted().values()].count("2") == 183
    assert problems(claims("asvs.csv"), ids=wanted(), document=DOCUMENT) == []
    assert problems(claims("gbt22239.csv"), ids={}, document=DOCUMENT) == []


def test_the_page_for_people_is_up_to_date() -> None:
    page = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    remedy = "PYTHONPATH=src:tests python tests/architecture/asvs_table.py > docs/asvs.md"
    assert page == as_markdown(), f"run {remedy}"


def test_control_what_is_wrong_is_found() -> None:
    rows = [
        Claim("1.1.1", "2", "met", "tests/architecture/test_asvs.py::test_no_such_test"),
        Claim("2.1.1", "1", "met", "docs/security.md"),
        Claim("2.1.2", "1", "perhaps", ""),
        Claim("2.1.3", "2", "met", "tests/architecture/test_asvs.py::test_control_what_is_wrong_is_found"),
    ]
    found = problems(rows, ids={"1.1.1": "2", "2.1.2": "2", "9.9.9": "1"}, document="(ASVS 12.1.1, 2.1.10)")
    assert [line.split(":")[0] for line in found] == ["9.9.9 has no row", "2.1.2", "1.1.1", "2.1.1", "2.1.2"]

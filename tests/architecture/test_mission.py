"""The mission file is true: 480 rows, known statuses, and each row marked done names a test that exists."""

import ast
import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATUSES = {"open", "partly", "done"}


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs" / "mission.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def problem(row: dict[str, str]) -> str:
    """This function will say what is wrong with a row, or nothing."""
    if row["status"] not in STATUSES:
        return f"row {row['id']}: unknown status {row['status']!r}"
    if row["status"] == "open":
        return f"row {row['id']}: an open row names no test" if row["test"] else ""
    place, _, name = row["test"].partition("::")
    path = ROOT / place
    if not path.is_file():
        return f"row {row['id']}: {place or 'no test'} does not exist"
    functions = {
        node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    }
    return "" if name in functions else f"row {row['id']}: {place} has no test {name!r}"


def test_the_mission_file_is_true() -> None:
    found = rows()
    assert len(found) == 480
    assert len({row["id"] for row in found}) == 480
    assert [p for row in found if (p := problem(row))] == []


@pytest.mark.parametrize(
    "row",
    [
        {"id": "0", "status": "done", "test": ""},
        {"id": "0", "status": "done", "test": "tests/architecture/test_mission.py::test_that_is_not_there"},
        {"id": "0", "status": "finished", "test": ""},
        {"id": "0", "status": "open", "test": "tests/architecture/test_mission.py::test_the_mission_file_is_true"},
    ],
)
def test_a_false_row_is_found(row: dict[str, str]) -> None:
    assert problem(row)

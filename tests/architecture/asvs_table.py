"""Makes docs/asvs.md from docs/asvs.csv and docs/gbt22239.csv: what is asked for, and what proves it.

`PYTHONPATH=src:tests python tests/architecture/asvs_table.py > docs/asvs.md`
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
STATUSES = ("met", "n/a", "deviation")
HEADER = """# What proves that it is safe

Made from `docs/asvs.csv` and `docs/gbt22239.csv` by `tests/architecture/asvs_table.py`; do not edit. A test fails for
an id without a row and for a row that is met by a test that does not exist.

*met*: the named test fails when it is not so (`docs/security.md`: what is asked for is a document, and there it stands)
· *n/a*: there is no such thing here · *deviation*: not so, or not proven, and what is missing. Rows that only the
operator can make true are deviations: nothing here proves them.
"""


@dataclass(frozen=True)
class Claim:
    """One row: what is asked for (by its id), what is said of it, and the tests or the reason."""

    id: str
    level: str
    status: str
    proof: str

    @property
    def tests(self) -> tuple[str, ...]:
        return tuple(self.proof.split()) if self.status == "met" else ()


def claims(name: str) -> list[Claim]:
    """This function will read one of the two lists."""
    with (DOCS / name).open(encoding="utf-8", newline="") as lines:
        return [Claim(**row) for row in csv.DictReader(lines)]


def counted(rows: list[Claim]) -> str:
    """This function will say how many rows have which status."""
    numbers = Counter(row.status for row in rows)
    return " · ".join(f"{status} {numbers[status]}" for status in STATUSES)


def as_markdown() -> str:
    """This function will write the page."""
    asvs, national = claims("asvs.csv"), claims("gbt22239.csv")
    asked, others = [row for row in asvs if row.level != "3"], [row for row in asvs if row.level == "3"]
    lines = [
        HEADER,
        "## OWASP ASVS 5.0.0\n",
        f"Levels 1 and 2 ({len(asked)}): {counted(asked)}. Of level 3, the {len(others)} that matter most here: "
        f"{counted(others)}.",
        "The texts are [OWASP's](https://github.com/OWASP/ASVS) (CC BY-SA 4.0) and are not copied.\n",
        *_table(asvs, "id (level)"),
        "\n## GB/T 22239-2019, level 3, 8.1.4 安全计算环境 (application side)\n",
        f"{len(national)} clauses: {counted(national)}. What is meant by a clause is said in our own words.\n",
        *_table(national, "clause"),
    ]
    return "\n".join(lines) + "\n"


def _table(rows: list[Claim], first: str) -> list[str]:
    lines = [f"| {first} | status | proof, or why not |", "|---|---|---|"]
    for row in rows:
        name = f"{row.id} (L{row.level})" if row.level.isdigit() else f"{row.id} {row.level}"
        proof = " ".join(f"`{test.removeprefix('tests/')}`" for test in row.tests) or row.proof
        lines.append(f"| {name} | {row.status} | {proof} |")
    return lines


if __name__ == "__main__":
    sys.stdout.write(as_markdown())

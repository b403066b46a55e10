"""What can be wrong with a rule, said so that its author can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class RuleProblem:
    """One thing wrong in one place: file (relative to the rulebook's folder), line from 1, what, why, remedy."""

    file: str
    line: int
    what: str
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}\n    为什么：{self.why}\n    怎么改：{self.remedy}"


def meant(word: str, known: Iterable[str], otherwise: str, cutoff: float = 0.6) -> str:
    """This function will ask for the known word that was probably meant; `otherwise` where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"是不是 {near[0]}？" if near else otherwise


class RulebookErrors(Exception):
    """The rulebook was not loaded. Carries every problem of the load, sorted by file and line."""

    def __init__(self, problems: Iterable[RuleProblem]) -> None:
        self.problems: tuple[RuleProblem, ...] = tuple(sorted(set(problems)))
        count = len(self.problems)
        super().__init__(f"政策没有读入，有 {count} 处要改：\n" + "\n".join(map(str, self.problems)))


class Problems:
    """A collector, so that one load reports everything that is wrong and not only the first thing."""

    def __init__(self) -> None:
        self.found: list[RuleProblem] = []

    def add(self, file: str, line: int, what: str, why: str, remedy: str) -> None:
        """This function will note one problem; nothing is raised until `raise_if_any`."""
        self.found.append(RuleProblem(file, line, what, why, remedy))

    def raise_if_any(self) -> None:
        """This function will raise RulebookErrors with everything noted so far, or return."""
        if self.found:
            raise RulebookErrors(self.found)

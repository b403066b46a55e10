"""What the demo is to build, and what earlier starts have finished."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

Report = Callable[[int, int], None]
Facts = dict[str, float | int | str]


@dataclass
class Remembered:
    """What earlier starts finished, kept in one small file beside the database."""

    path: Path
    people: int
    done: dict[str, dict[str, float | int | str]] = field(default_factory=dict)

    @classmethod
    def open(cls, *, home: Path, people: int) -> "Remembered":
        """This function will read the file, or begin one."""
        path = home / "demo.json"
        if path.exists():
            return cls(path, people, json.loads(path.read_text())["done"])
        return cls(path, people)

    def finish(self, name: str, facts: dict[str, float | int | str]) -> None:
        """This function will note a finished stage; written whole to a second file and renamed, so never half."""
        self.done[name] = facts
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps({"people": self.people, "done": self.done}, ensure_ascii=False, indent=1))
        fresh.replace(self.path)


@dataclass(frozen=True)
class Plan:
    """What is to be built: how many people, where, and the instant that the demo takes for now.

    The named families of the stories lie in the autumn of 2026; a district of an earlier day is built without them.
    """

    home: Path
    people: int
    at: datetime
    stories: bool = True

    @property
    def as_of(self) -> date:
        return self.at.date().replace(day=1)

    @property
    def known_since(self) -> datetime:
        """This property will be the morning on which the registry was filled: the first of the month before.

        So that what happened in the demo's last weeks rests on facts that were known then.
        """
        first = (self.as_of - timedelta(days=1)).replace(day=1)
        return datetime.combine(first, self.at.timetz().replace(hour=8, minute=0, second=0, microsecond=0))

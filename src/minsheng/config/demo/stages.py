"""The stages of `minsheng demo`: each is done once, remembered, and skipped when it is found done."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from minsheng.config.demo.progress import Report, Stopwatch, stage

SEED = 20201101


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
    """What is to be built: how many people, where, and the instant that the demo takes for now."""

    home: Path
    people: int
    at: datetime

    @property
    def as_of(self) -> date:
        return self.at.date().replace(day=1)


def prepare_home(*, home: Path) -> None:
    """This function will make the folder with the keys that belong to one installation."""
    from minsheng.foundation.sealing.keyring import create_keyring

    home.mkdir(parents=True, exist_ok=True)
    secret = home / "secret-key"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48))
    if not (home / "keys.json").exists():
        create_keyring(home / "keys.json")


def build(*, plan: Plan, watch: Stopwatch, memory: dict[str, object]) -> dict[str, int]:
    """This function will run every stage that is not done yet and return the counts for the last line."""
    remembered = Remembered.open(home=plan.home, people=plan.people)
    for name, label, work in (
        ("schema", "建表", _schema),
        ("reference", "装入区划与日历", _reference),
        ("twin", "生成虚拟人口", _twin),
        ("load", "写入登记库", _load),
        ("evaluate", "按政策逐户计算", _evaluate),
    ):
        if name in remembered.done:
            watch.reused.append(name)
            continue
        with stage(watch, name, label) as report:
            facts = work(plan, report, memory)
        remembered.finish(name, facts)
    return {key: int(value) for key, value in remembered.done["evaluate"].items() if isinstance(value, int)}


Facts = dict[str, float | int | str]


def _schema(plan: Plan, report: Report, memory: dict[str, object]) -> Facts:
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    return {}


def _reference(plan: Plan, report: Report, memory: dict[str, object]) -> Facts:
    from minsheng.config.demo.accounts import ensure_staff, reference_viewer
    from minsheng.foundation.calendars.operations import load_reference_years
    from minsheng.records.places.operations import load_reference

    actor = reference_viewer(at=plan.at)
    load_reference(actor=actor, at=plan.at)
    load_reference_years(actor=actor, at=plan.at)
    ensure_staff(at=plan.at, first_community=first_community())
    return {}


def first_community() -> str:
    """This function will return the code of the community where the invented lane 青云里 lies."""
    import csv

    import twin

    with (Path(twin.__file__).parent / "data" / "shangcheng_communities.csv").open(encoding="utf-8") as lines:
        return min(row["code"] for row in csv.DictReader(lines) if row["street"] == "采荷街道")


def _twin(plan: Plan, report: Report, memory: dict[str, object]) -> Facts:
    from minsheng.config.demo.district import generate_to

    district = generate_to(folder=plan.home / "twin", people=plan.people, seed=SEED, as_of=plan.as_of)
    memory["district"] = district
    return {"people": district.people.num_rows, "households": district.households.num_rows}


def _load(plan: Plan, report: Report, memory: dict[str, object]) -> Facts:
    from minsheng.config.demo.district import load

    load(plan=plan, district=memory.pop("district", None), report=report)
    return {}


def _evaluate(plan: Plan, report: Report, memory: dict[str, object]) -> Facts:
    from minsheng.config.demo.accounts import system_viewer
    from minsheng.work.eligibility import operations as eligibility

    actor = system_viewer(at=plan.at)
    summary = eligibility.evaluate_district(actor=actor, at=plan.at, as_of=plan.as_of, report=report)
    return {
        "people": summary.persons,
        "households": summary.households,
        "schemes": summary.schemes,
        "entitled": summary.entitled,
        "unknown": summary.unknown,
        "findings": sum(summary.findings.values()),
        **{f"findings_{kind}": number for kind, number in summary.findings.items()},
        "law": summary.law_digest,
    }


def facts_of(plan: Plan) -> dict[str, dict[str, float | int | str]]:
    """This function will return what the finished stages noted."""
    return {name: dict(facts) for name, facts in Remembered.open(home=plan.home, people=plan.people).done.items()}

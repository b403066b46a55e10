"""The stages of `minsheng demo`: each is done once, remembered, and skipped when it is found done."""

import secrets
from pathlib import Path

from minsheng.config.demo.plan import Facts, Plan, Remembered, Report
from minsheng.config.demo.progress import Stopwatch, stage
from twin import District

SEED = 20201101


def prepare_home(*, home: Path) -> None:
    """This function will make the folder with the keys that belong to one installation."""
    from minsheng.foundation.sealing.keyring import create_keyring
    from minsheng.insight.exchange.signing import create_own_key

    home.mkdir(parents=True, exist_ok=True)
    (home / "static").mkdir(exist_ok=True)
    secret = home / "secret-key"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(48))
    if not (home / "keys.json").exists():
        create_keyring(home / "keys.json")
    create_own_key(home / "exchange-key.json")


def build(*, plan: Plan, watch: Stopwatch, memory: dict[str, District]) -> dict[str, int]:
    """This function will run every stage that is not done yet and return the counts for the last line."""
    remembered = Remembered.open(home=plan.home, people=plan.people)
    for name, label, work in (
        ("schema", "建表", _schema),
        ("reference", "装入区划与日历", _reference),
        ("twin", "生成虚拟人口", _twin),
        ("load", "写入登记库", _load),
        ("payments", "发放两个月的钱", _payments),
        ("cases", "办理几十件申请", _cases),
        ("evaluate", "按政策逐户计算", _evaluate),
        ("visits", "记下发生的事，安排走访", _visits),
        ("snapshot", "准备试算用的人口快照", _snapshot),
        ("cockpit", "读规划，留下当天的数", _cockpit),
        ("exchange", "约定一个共享单位", _exchange),
        ("catalogue", "量数据质量", _catalogue),
        ("audit", "封存审计记录", _audit),
    ):
        if name in remembered.done and _still_holds(name, plan, remembered.done[name]):
            watch.reused[name] = label
            continue
        with stage(watch, name, label) as report:
            facts = work(plan, report, memory)
        remembered.finish(name, facts)
    return {key: int(value) for key, value in remembered.done["evaluate"].items() if isinstance(value, int)}


def _still_holds(name: str, plan: Plan, facts: Facts) -> bool:
    """Tables follow the code, and results the month and the law; everything else stays as it was built."""
    if name == "schema":
        from django.db import connections
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connections["owner"])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    if name == "evaluate":
        from minsheng.work.eligibility.law import law_on

        return facts.get("as_of") == plan.as_of.isoformat() and facts.get("law") == law_on(plan.as_of).digest
    if name == "snapshot":
        from minsheng.work.eligibility.whatif.snapshots import place

        return facts.get("as_of") == plan.as_of.isoformat() and place().exists()
    return True


def _schema(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    return {}


def _reference(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.accounts import ensure_staff, reference_viewer
    from minsheng.foundation.calendars.operations import load_reference_years
    from minsheng.records.places.operations import add_grids, load_reference
    from twin.stories import LANE_COMMUNITY

    actor = reference_viewer(at=plan.at)
    load_reference(actor=actor, at=plan.at)
    add_grids(actor=actor, at=plan.at, valid_from=plan.as_of)
    load_reference_years(actor=actor, at=plan.at)
    ensure_staff(at=plan.at, first_community=LANE_COMMUNITY)
    return {}


def _twin(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.district import generate_to

    district = generate_to(plan=plan, seed=SEED, report=report)
    memory["district"] = district
    return {"people": district.people.num_rows, "households": district.households.num_rows}


def _load(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.district import load

    load(plan=plan, district=memory.pop("district", None), report=report)
    return {"known_since": plan.known_since.isoformat()}


def _evaluate(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
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
        "as_of": plan.as_of.isoformat(),
        "law": summary.law_digest,
    }


def _visits(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.visits import live_through_a_year

    return live_through_a_year(plan=plan, seed=SEED)


def _snapshot(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.accounts import system_viewer
    from minsheng.work.eligibility.whatif.operations import take_snapshot

    taken = take_snapshot(actor=system_viewer(at=plan.at), at=plan.at, as_of=plan.as_of)
    return {"as_of": taken.as_of.isoformat()}


def _payments(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.payments import pay_two_months

    return pay_two_months(plan=plan, report=report)


def _cockpit(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.cockpit import hold_to_the_plan

    return hold_to_the_plan(plan=plan)


def _audit(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from django.conf import settings

    from minsheng.config.demo.accounts import sealer_viewer
    from minsheng.foundation.evidence import operations as evidence

    actor, entries = sealer_viewer(at=plan.at), 0
    while sealed := evidence.seal_waiting(actor=actor, at=plan.at).entries:
        entries += sealed
    # In tests the stages run without the settings of the home they build, so the place follows the plan.
    outside = settings.AUDIT_ROOTS if plan.home == settings.HOME else plan.home / "audit-roots"
    evidence.publish_roots(actor=actor, at=plan.at, directory=outside, anew=True)
    return {"entries": entries}


def _exchange(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.exchange import agree_with_a_partner

    return agree_with_a_partner(plan=plan)


def _catalogue(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.accounts import system_viewer
    from minsheng.insight.catalogue.operations import measure_quality

    counts, opened = measure_quality(actor=system_viewer(at=plan.at), at=plan.at)
    return {"counts": counts, "issues": opened}


def _cases(plan: Plan, report: Report, memory: dict[str, District]) -> Facts:
    from minsheng.config.demo.cases import handle_cases

    return handle_cases(plan=plan, report=report)

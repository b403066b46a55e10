"""The acts of the `minsheng` command that are ours; each takes its own arguments and returns an exit code."""

import argparse
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minsheng.foundation.accounts.types import Viewer


def demo(arguments: list[str]) -> int:
    """This function will build the demo district (or reuse it), and serve it."""
    parser = argparse.ArgumentParser(prog="minsheng demo", description="建立并打开一个虚拟区（示例数据，不是真人）")
    parser.add_argument("--people", type=int, default=66_000, help="人数，默认 66000；全区 1323467")
    parser.add_argument("--no-serve", action="store_true", help="只建立，不打开网页；最后一行输出 JSON")
    parser.add_argument("--days-ahead", type=int, default=0, help="把演示的日期拨到几天以后，例如看公示期满")
    parser.add_argument("--port", type=int, default=8330)
    chosen = parser.parse_args(arguments)
    if not 2_000 <= chosen.people <= 5_000_000:
        parser.error("--people 要在 2,000 和 5,000,000 之间。")
    root = Path(os.environ.get("MINSHENG_HOME") or ".demo").resolve()
    # Each size has a folder of its own, so that the default and the whole district both stay reusable.
    os.environ["MINSHENG_HOME"] = str(root / str(chosen.people))
    os.environ["MINSHENG_DEMO"] = "1"
    os.environ["MINSHENG_DEMO_DAYS_AHEAD"] = str(chosen.days_ahead)
    from minsheng.config.demo import run

    return run.demo(people=chosen.people, serve=not chosen.no_serve, port=chosen.port)


def policies(arguments: list[str]) -> int:
    """This function will check the scheme files, replay frozen decisions, or run all schemes over Parquet."""
    parser = argparse.ArgumentParser(prog="minsheng policies", description="政策文件：检查、重算决定、按全部人口计算")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("check", help="读入每项政策，运行每个例子")
    again = acts.add_parser("replay", help="按封存的情况和规定重算决定，一分不差才算通过")
    again.add_argument("files", nargs="*", type=Path, help="封存的决定（JSON）")
    again.add_argument("--household", type=int, help="不用文件：重算登记库里这一户已保存的结果")
    again.add_argument("--as-of", type=date.fromisoformat, help="这一户在哪一天的结果，例如 2026-11-01")
    run = acts.add_parser("run", help="对 Parquet 里的全部人口计算各项政策")
    run.add_argument("--engine", choices=["kernel", "duckdb", "spark"], default="kernel")
    run.add_argument("--persons", type=Path, required=True, help="人员：一个 Parquet 文件，或一个文件夹")
    run.add_argument("--households", type=Path, required=True, help="家庭：一个 Parquet 文件，或一个文件夹")
    run.add_argument("--as-of", type=date.fromisoformat, required=True, help="按哪一天，例如 2026-11-01")
    run.add_argument("--out", type=Path, required=True, help="结果放到哪个文件夹，每项政策一个文件")
    run.add_argument("--schemes", nargs="+", help="只算这几项；不写就全部计算")
    run.add_argument("--block", type=int, default=250_000, help="kernel、duckdb 一次算多少户")
    sample = acts.add_parser("sample", help="写出虚拟人口（示例数据，不是真人）")
    sample.add_argument("--people", type=int, required=True)
    sample.add_argument("--out", type=Path, required=True)
    sample.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 1))
    sample.add_argument("--seed", type=int, default=20201101)
    chosen = parser.parse_args(arguments)
    if chosen.act == "replay" and bool(chosen.files) is (chosen.household is not None):
        parser.error("replay 要么给出封存的决定（文件），要么给出 --household 和 --as-of。")
    import django

    django.setup()
    from minsheng.work.eligibility import law

    if chosen.act == "replay" and chosen.household is not None:
        from minsheng.work.eligibility.stored_law import print_replay

        return _as_system(lambda viewer, at: print_replay(
            viewer=viewer, at=at, household_id=chosen.household, as_of=chosen.as_of or at.date()
        ))  # fmt: skip
    if chosen.act == "check":
        return law.check_policies()
    if chosen.act == "replay":
        return law.replay_decisions(chosen.files)
    if chosen.act == "sample":
        from minsheng.config.sample import print_sample

        return print_sample(people=chosen.people, seed=chosen.seed, as_of=chosen.as_of, out=chosen.out)
    from minsheng.work.eligibility.parquet_runs import print_run

    return print_run(
        engine=chosen.engine,
        persons=chosen.persons,
        households=chosen.households,
        as_of=chosen.as_of,
        out=chosen.out,
        schemes=tuple(chosen.schemes) if chosen.schemes else None,
        block=max(1, chosen.block),
    )


def plan(arguments: list[str]) -> int:
    """This function will read a plan and list what is wrong with it."""
    from minsheng.insight.cockpit.command import plan as read_plan

    return read_plan(arguments)


def payments(arguments: list[str]) -> int:
    """This function will prove the ledger and the payments of this installation, as its system account sees them."""
    parser = argparse.ArgumentParser(prog="minsheng payments", description="发放：账平、不重发、去世后不发")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("prove", help="逐条核对账和每一笔发放，最后一行输出 JSON；不成立时退出码为 1")
    parser.parse_args(arguments)
    import django

    django.setup()
    from minsheng.work.payments.command import print_proof

    return _as_system(lambda viewer, at: print_proof(viewer=viewer, at=at))


def audit(arguments: list[str]) -> int:
    """This function will check, seal or prove the audit trail, as the account that seals it."""
    import django

    django.setup()
    from minsheng.foundation.evidence.command import parser, run

    parser().parse_args(arguments)  # what is wrong with the words is said before the database is asked
    return _as_system(lambda viewer, at: run(arguments, viewer=viewer, at=at), username="sealer")


def _as_system(act: "Callable[[Viewer, datetime], int]", *, username: str = "system") -> int:
    """The clock is read here; what the machine's own account may see is what the act may see."""
    from django.utils import timezone

    from minsheng.foundation.access.queries import get_viewer
    from minsheng.foundation.accounts.queries import account_id

    at, number = timezone.localtime(), account_id(username=username)
    if number is None:
        print(f"还没有系统账号“{username}”，做不了。请先建库并登记系统账号。")
        return 2
    return act(get_viewer(account_id=number, name="系统", username=username, at=at), at)


def simulate(arguments: list[str]) -> int:
    """This function will live through a simulated year of the demo district and print one JSON line last."""
    parser = argparse.ArgumentParser(prog="minsheng simulate", description="模拟一个区的一年（示例数据，不是真人）")
    parser.add_argument("--people", type=int, default=66_000, help="人数，默认 66000")
    parser.add_argument("--months", type=int, default=12, help="几个月，最多 12")
    parser.add_argument("--seed", type=int, default=1, help="骰子的种子；同样的种子，同样的一年")
    chosen = parser.parse_args(arguments)
    if not 2_000 <= chosen.people <= 5_000_000 or not 1 <= chosen.months <= 12:
        parser.error("--people 要在 2,000 和 5,000,000 之间，--months 在 1 和 12 之间。")
    root = Path(os.environ.get("MINSHENG_HOME") or ".demo").resolve()
    home = root / f"simulated-{chosen.people}"
    if (home / "demo.json").exists():
        parser.error(f"{home.name} 已经过了一年。请先移走这个文件夹，再重新模拟。")
    os.environ["MINSHENG_HOME"] = str(home)
    os.environ["MINSHENG_DEMO"] = "1"
    from minsheng.config.simulation.run import simulate as run

    return run(people=chosen.people, months=chosen.months, seed=chosen.seed)


def warn(arguments: list[str]) -> int:
    """This function will measure early warning on a synthetic year: who is found before they ask, and how."""
    parser = argparse.ArgumentParser(prog="minsheng warn", description="早期预警：权重和模拟")
    acts = parser.add_subparsers(dest="act", required=True)
    run = acts.add_parser("simulate", help="虚拟的一年里，同样的走访次数能先找到多少有难处的家庭；最后一行输出 JSON")
    run.add_argument("--people", type=int, default=20_000, help="人数，至少 2000")
    run.add_argument("--months", type=int, default=12)
    run.add_argument("--visits", type=int, help="每月走访次数；不写就是户数的 2%%")
    run.add_argument("--seed", type=int, default=1)
    run.add_argument("--shuffle", action="store_true", help="对照：把难处随机换给别的家庭，预警应当没有优势")
    run.add_argument("--independent", action="store_true", help="对照：难处不因几件事叠加、收入低、独居而更常见")
    chosen = parser.parse_args(arguments)
    if chosen.people < 2_000 or chosen.months < 1 or (chosen.visits is not None and chosen.visits < 1):
        parser.error("--people 至少 2,000，--months 和 --visits 至少 1。")
    import django

    django.setup()
    from minsheng.config.warning import print_simulation

    return print_simulation(
        people=chosen.people,
        months=chosen.months,
        visits=chosen.visits,
        seed=chosen.seed,
        shuffle=chosen.shuffle,
        coupled=not chosen.independent,
    )


def worker(arguments: list[str]) -> int:
    """This function will run the jobs of this installation until it is told to stop."""
    argparse.ArgumentParser(prog="minsheng worker", description="处理排队的工作，直到叫停").parse_args(arguments)
    import django

    django.setup()
    from minsheng.foundation.jobs.worker import run_worker

    run_worker()
    return 0


def serve(arguments: list[str]) -> int:
    """This function will serve the pages behind nginx, or say why this installation must not be served."""
    parser = argparse.ArgumentParser(prog="minsheng serve", description="对外提供网页；不安全的设置不启动")
    parser.add_argument("--port", type=int, default=8330)
    parser.add_argument("--check", action="store_true", help="只核对能不能启动")
    chosen = parser.parse_args(arguments)
    import django

    django.setup()
    from minsheng.config import serving

    if problems := serving.unfit():
        print("没有启动。请先改正：", *problems, sep="\n  ")
        return 1
    if chosen.check:
        print("可以启动。")
        return 0
    from minsheng.config.wsgi import application
    from minsheng.foundation.running.pages.views import go

    serving.serve(host="127.0.0.1", port=chosen.port, application=application, on_stop=go)
    return 0


def degrade(arguments: list[str]) -> int:
    """This function will switch off what gives way first, by steps; 0 opens everything again."""
    parser = argparse.ArgumentParser(prog="minsheng degrade", description="忙不过来时依次停用：0 全部开放")
    parser.add_argument("level", type=int)
    return _set_state(level=parser.parse_args(arguments).level)


def read_only(arguments: list[str]) -> int:
    """This function will stop all changes for a while, or allow them again."""
    parser = argparse.ArgumentParser(prog="minsheng read-only", description="维护时只能看、不能办")
    parser.add_argument("state", choices=["on", "off"])
    return _set_state(read_only=parser.parse_args(arguments).state == "on")


def _set_state(*, level: int | None = None, read_only: bool | None = None) -> int:
    import django

    django.setup()
    from django.conf import settings

    from minsheng.foundation.running.state import UnableToSetState, set_state

    try:
        state = set_state(level=level, read_only=read_only)
    except UnableToSetState as refusal:
        print(refusal)
        return 2
    off = "、".join(step.label for step in settings.DEGRADE_STEPS[: state.level]) or "没有"
    print(f"停用：{off}。{'只能看，不能办。' if state.read_only else '可以办理。'}")
    return 0


def exchange(arguments: list[str]) -> int:
    """This function will show the key of the exchange, or ask a running site as a partner does."""
    import django

    django.setup()
    from django.utils import timezone

    from minsheng.insight.exchange.command import exchange as act

    return act(arguments, at=timezone.localtime())


def backup(arguments: list[str]) -> int:
    """This function will copy the server for the day that it is lost."""
    from minsheng.config.backups import command

    return command.backup(arguments)


def restore(arguments: list[str]) -> int:
    """This function will drill a restore into a scratch place, or check what was restored."""
    from minsheng.config.backups import command

    return command.restore(arguments)


def officers(arguments: list[str]) -> int:
    """This function will make the first officers of an installation, while there are none."""
    import django

    django.setup()
    from minsheng.config.first_officers import run

    return run(arguments)


ACTS: dict[str, Callable[[list[str]], int]] = {
    "degrade": degrade,
    "audit": audit,
    "backup": backup,
    "demo": demo,
    "officers": officers,
    "exchange": exchange,
    "policies": policies,
    "restore": restore,
    "payments": payments,
    "plan": plan,
    "read-only": read_only,
    "serve": serve,
    "simulate": simulate,
    "warn": warn,
    "worker": worker,
}

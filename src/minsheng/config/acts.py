"""The acts of the `minsheng` command that are ours; each takes its own arguments and returns an exit code."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path


def demo(arguments: list[str]) -> int:
    """This function will build the demo district (or reuse it), and serve it."""
    parser = argparse.ArgumentParser(prog="minsheng demo", description="建立并打开一个虚拟区（示例数据，不是真人）")
    parser.add_argument("--people", type=int, default=66_000, help="人数，默认 66000；全区 1323467")
    parser.add_argument("--no-serve", action="store_true", help="只建立，不打开网页；最后一行输出 JSON")
    parser.add_argument("--port", type=int, default=8330)
    chosen = parser.parse_args(arguments)
    if not 2_000 <= chosen.people <= 5_000_000:
        parser.error("--people 要在 2,000 和 5,000,000 之间。")
    root = Path(os.environ.get("MINSHENG_HOME", ".demo")).resolve()
    # Each size has a folder of its own, so that the default and the whole district both stay reusable.
    os.environ["MINSHENG_HOME"] = str(root / str(chosen.people))
    os.environ["MINSHENG_DEMO"] = "1"
    from minsheng.config.demo import run

    return run.demo(people=chosen.people, serve=not chosen.no_serve, port=chosen.port)


def policies(arguments: list[str]) -> int:
    """This function will check every scheme file and run every worked example, or replay frozen decisions."""
    parser = argparse.ArgumentParser(prog="minsheng policies", description="检查政策文件，或重算封存的决定")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("check", help="检查政策文件，核对全部算例")
    again = acts.add_parser("replay", help="按封存的情况和规定重算决定，一分不差才算通过")
    again.add_argument("files", nargs="+", type=Path, help="封存的决定（JSON）")
    chosen = parser.parse_args(arguments)
    import django

    django.setup()
    from minsheng.work.eligibility import law

    return law.check_policies() if chosen.act == "check" else law.replay_decisions(chosen.files)


def plan(arguments: list[str]) -> int:
    """This function will read a plan and list what is wrong with it."""
    from minsheng.insight.cockpit.command import plan as read_plan

    return read_plan(arguments)


def worker(arguments: list[str]) -> int:
    """This function will run the jobs of this installation until it is told to stop."""
    import django

    django.setup()
    from minsheng.foundation.jobs.worker import run_worker

    run_worker()
    return 0


ACTS: dict[str, Callable[[list[str]], int]] = {"demo": demo, "policies": policies, "plan": plan, "worker": worker}

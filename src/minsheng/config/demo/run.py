"""`minsheng demo` from start to serving."""

import json
import os
import platform
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from minsheng.config.demo.plan import Plan
from minsheng.config.demo.progress import PeakMemory, Stopwatch
from minsheng.config.demo.stages import build, prepare_home


def demo(*, people: int, serve: bool, port: int) -> int:
    """This function will build or reuse the demo of this size, then serve it or print one JSON line."""
    home = Path(os.environ["MINSHENG_HOME"])
    prepare_home(home=home)
    shown = Console(file=sys.stderr, highlight=False)
    plan = Plan(home=home, people=people, at=datetime.now(ZoneInfo("Asia/Shanghai")))
    from minsheng.config.database import EMBEDDED_DATABASE, provision, start_embedded

    watch = Stopwatch()
    about = f"{people:,} 名居民的虚拟区，另有户籍在册、住在别处的人（示例数据，不是真人）"
    shown.print(f"民生直达演示：{about}，存放在 {_short(home)}", soft_wrap=True)
    with PeakMemory() as memory:
        try:
            if not os.environ.get("DATABASE_URL"):
                provision(admin=start_embedded(home=home), database=EMBEDDED_DATABASE)
            import django

            django.setup()
            counts = build(plan=plan, watch=watch, memory={})
        except KeyboardInterrupt:
            shown.print("已停下。做完的步骤都保留着，再运行一次同样的命令就会接着做。")
            return 130
    if watch.reused:
        shown.print(f"  沿用上次做好的：{'、'.join(watch.reused.values())}")
    if not serve:
        line = {
            **counts,
            "seconds": watch.seconds,
            "seconds_total": round(sum(watch.seconds.values()), 2),
            "reused": list(watch.reused),
            "peak_memory_mb": round(memory.peak_bytes / 1e6),
            "python": platform.python_version(),
        }
        print(json.dumps(line, ensure_ascii=False))
        return 0
    return _serve(home=home, port=port, shown=shown)


def _serve(*, home: Path, port: int, shown: Console) -> int:
    from django.conf import settings

    from minsheng.config.demo.accounts import issue_passwords
    from minsheng.config.demo.links import worth_opening
    from minsheng.config.demo.residents import print_code
    from twin.stories import LANE_COMMUNITY

    address = f"http://127.0.0.1:{port}"
    table = Table("登录名", "密码（本次有效）", "岗位", "范围", title="演示账号（只在演示模式下存在）")
    for account in issue_passwords(first_community=LANE_COMMUNITY):
        table.add_row(account.username, account.password, account.role, account.area)
    console = Console(highlight=False)
    console.print(table)
    console.print(f"打开 {address} 登录，例如用 yewu。值得先看的三页：")
    for label, path in worth_opening(home=home):
        console.print(f"  {label}\n    {address}{path}", soft_wrap=True)
    # The day that the pages show: a code of today has run out where the demo is looked at eight days ahead.
    shown_at = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=settings.DEMO_DAYS_AHEAD)
    printed = print_code(home=home, at=shown_at)
    console.print(f"居民从 /my/ 进：{printed.name}（虚构）的 12 位码 {printed.code} ，3 天内有效。", soft_wrap=True)
    console.print("按 Ctrl+C 停止。再运行一次 make demo 会沿用现有数据。")
    # Jobs run in a process of their own, as they do in production.
    worker = subprocess.Popen([sys.executable, "-m", "minsheng.config", "worker"])
    from minsheng.config.serving import serve
    from minsheng.config.wsgi import application

    try:
        serve(host="127.0.0.1", port=port, application=application)
        shown.print("已停止。")
    finally:
        worker.terminate()
        worker.wait(timeout=20)
    return 0


def _short(path: object) -> str:
    return os.path.relpath(str(path))

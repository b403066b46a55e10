"""`minsheng backup …` and `minsheng restore …`."""

import argparse
import os
import signal
from datetime import datetime
from pathlib import Path

from minsheng.config.backups import drill as drills
from minsheng.config.backups.taking import UnableToBackUp, receive_wal, take_base
from minsheng.config.database import Address, start_embedded


def backup(arguments: list[str]) -> int:
    """This function will copy the server, or every change as it is written."""
    parser = argparse.ArgumentParser(prog="minsheng backup", description="备份：基础备份，和此后的每一笔改动")
    acts = parser.add_subparsers(dest="act", required=True)
    base = acts.add_parser("base", help="复制整个数据库、审计根和文件；密钥不在其中，另外保管")
    wal = acts.add_parser("wal", help="一直接收改动日志，直到停止；有它才能恢复到任意时刻")
    old = acts.add_parser("prune", help="按日期的规则删旧备份；不加 --really 只说会删什么")
    for one in (base, wal, old):
        one.add_argument("--to", type=Path, required=True, help="备份放在哪里，应在另一台机器的盘上")
    old.add_argument("--really", action="store_true", help="真的删")
    chosen = parser.parse_args(arguments)
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    try:
        if chosen.act == "base":
            made = take_base(
                admin=administrator(), to=chosen.to, roots=settings.AUDIT_ROOTS, files=settings.MEDIA_ROOT,
                at=timezone.now(),
            )  # fmt: skip
            print(f"基础备份 {made.name} 已完成。密钥文件请另行备份，不要放在一起。")
            return 0
        if chosen.act == "prune":
            return _prune(chosen.to, really=chosen.really)
        process = receive_wal(admin=administrator(), to=chosen.to)
    except UnableToBackUp as refusal:
        print(refusal)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait()


def restore(arguments: list[str]) -> int:
    """This function will drill a restore, or check the database of this process."""
    parser = argparse.ArgumentParser(prog="minsheng restore", description="恢复演练和核对")
    acts = parser.add_subparsers(dest="act", required=True)
    drill = acts.add_parser("drill", help="恢复到临时的地方，核对账、审计根和密文，留下有日期的记录")
    drill.add_argument("--from", dest="backups", type=Path, required=True)
    drill.add_argument("--until", type=datetime.fromisoformat, help="恢复到这个时刻之前，带时区；不写就到最后一笔")
    check = acts.add_parser("check", help="核对本进程所连的数据库；演练和真正恢复以后都用")
    check.add_argument("--roots", type=Path, help="库外的根；默认按设置")
    chosen = parser.parse_args(arguments)
    if chosen.act == "drill" and chosen.until is not None and chosen.until.tzinfo is None:
        parser.error("--until 要带时区，例如 2026-11-29T22:10:00+08:00。")
    import django

    django.setup()
    from django.conf import settings

    if chosen.act == "check":
        return _check(chosen.roots or Path(settings.AUDIT_ROOTS))
    return _drill(chosen.backups, chosen.until, Path(settings.AUDIT_ROOTS))


def _prune(backups: Path, *, really: bool) -> int:
    from django.utils import timezone

    from minsheng.config.backups.pruning import prune
    from minsheng.foundation.evidence.jobs import SEALER
    from minsheng.foundation.evidence.queries import proven_copies
    from minsheng.foundation.jobs.declaring import turn_of

    with turn_of(SEALER) as turn:
        proven = proven_copies(viewer=turn.actor, at=turn.at)
    gone = prune(backups=backups, at=timezone.now(), proven=proven, really=really)
    print(
        f"{'已删' if really else '会删'} {len(gone.copies)} 份备份、{gone.pieces} 段改动日志。{'、'.join(gone.copies)}"
    )
    return 0


def administrator() -> Address:
    """This function will return whoever may copy the server: `MINSHENG_BACKUP_URL`, or the embedded server's own."""
    url = os.environ.get("MINSHENG_BACKUP_URL")
    if url:
        return Address.parse(url)
    if os.environ.get("DATABASE_URL"):
        raise UnableToBackUp("请设 MINSHENG_BACKUP_URL：有 REPLICATION 权限的角色。")
    from django.conf import settings

    return start_embedded(home=settings.HOME)


def _check(roots: Path) -> int:
    from django.utils import timezone

    from minsheng.config.backups.checking import print_check
    from minsheng.foundation.access.queries import get_viewer
    from minsheng.foundation.accounts.queries import account_id

    at, viewers = timezone.now(), []
    for username in ("system", "sealer"):
        number = account_id(username=username)
        if number is None:
            print(f"恢复出来的库里没有系统账号“{username}”。")
            return 2
        viewers.append(get_viewer(account_id=number, name="系统", username=username, at=at))
    return print_check(system=viewers[0], sealer=viewers[1], at=at, roots=roots)


def _drill(backups: Path, until: datetime | None, roots: Path) -> int:
    from django.conf import settings
    from django.utils import timezone

    from minsheng.foundation.access.context import acting_as
    from minsheng.foundation.access.queries import get_viewer
    from minsheng.foundation.accounts.queries import account_id
    from minsheng.foundation.evidence.operations import record_check
    from minsheng.foundation.evidence.types import CheckKind

    if not os.environ.get("DATABASE_URL"):
        start_embedded(home=settings.HOME)
    at = timezone.now()
    try:
        told = drills.drill(
            backups=backups, until=until, at=at, database=settings.DATABASES["default"]["NAME"], roots=roots
        )
    except UnableToBackUp as refusal:
        print(refusal)
        return 1
    words = drills.sentence(told)
    path = drills.write_record(folder=settings.HOME / "drills", told=told)
    number = account_id(username="sealer")
    if number is not None:
        viewer = get_viewer(account_id=number, name="系统（审计封存）", username="sealer", at=at)
        with acting_as(viewer=viewer, at=at):
            record_check(actor=viewer, at=at, kind=CheckKind.RESTORE, holds=told["holds"], summary=words, detail=told)
    print(f"{words} 记录：{path.name}")
    return 0 if told["holds"] else 1

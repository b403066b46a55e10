"""The `minsheng` command: everything an operator does, and `demo`."""

import os
import sys

# What `minsheng` says of itself; a test keeps it equal to the acts that there are.
SAID = {
    "demo": "建立并打开一个虚拟区（示例数据，不是真人）",
    "policies": "政策文件：检查例子（check）、重算决定、按全部人口计算",
    "simulate": "模拟一个区的一年，看有没有超期、账不平、发错",
    "plan": "读规划，查规划里的错（audit）",
    "serve": "对外提供网页；不安全的设置不启动",
    "worker": "处理排队的工作",
    "officers": "开出第一批管理员账号",
    "payments": "核对账和每一笔发放（prove）",
    "audit": "核对审计记录（verify）",
    "backup": "备份",
    "restore": "恢复演练和核对",
    "exchange": "数据共享的对接单位",
    "warn": "早期预警：权重和模拟",
    "degrade": "忙不过来时依次停用",
    "read-only": "维护时只能看、不能办",
}


def main() -> None:
    """This function will run `minsheng <act> …`; Django's own commands work too (`minsheng migrate`)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    from minsheng.config import acts

    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    if name in acts.ACTS:
        sys.exit(acts.ACTS[name](sys.argv[2:]))
    if name in ("help", "--help", "-h") and len(sys.argv) <= 2:
        print(usage())
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(["minsheng", *sys.argv[1:]])


def usage() -> str:
    """This function will list the acts, those that a newcomer wants first."""
    lines = [f"  minsheng {name:<10} {said}" for name, said in SAID.items()]
    more = "每一项的用法：minsheng 名称 --help。Django 的命令：minsheng help --commands。"
    return "\n".join(["民生直达。可以用：", *lines, more])

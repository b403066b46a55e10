"""`minsheng officers`: the first three officers of an installation, made at the machine, once.

Somebody must be there before two people can propose and approve: this is that somebody, while no officer is there.
"""

import argparse
from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db import transaction

from minsheng.foundation.access import operations as access
from minsheng.foundation.access import queries as access_queries
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts import queries as account_queries
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import HeldGrant, Viewer

INSTALLERS = ("installation-1", "installation-2")  # system accounts: they cannot sign in
LEAST = Counter(system_officer=1, security_officer=2, audit_officer=1)


class UnableToMakeOfficers(ValueError):
    """Why no officers are made, and what to do."""


def read(arguments: list[str]) -> list[tuple[str, str, str, str]]:
    """This function will read the officers from the command line: role, sign-in name, staff number, name."""
    parser = argparse.ArgumentParser(prog="minsheng officers", description="登记最初的管理员；以后都在网页上办")
    for role in LEAST:
        parser.add_argument(
            f"--{role.removesuffix('_officer')}",
            action="append",
            default=[],
            metavar="登录名:工号:姓名",
            help="系统管理员至少 1 名，安全管理员至少 2 名，审计管理员至少 1 名",
        )
    chosen, found = vars(parser.parse_args(arguments)), []
    for role in LEAST:
        for text in chosen[role.removesuffix("_officer")]:
            parts = text.split(":")
            if len(parts) != 3 or not all(parts):
                parser.error(f"“{text}”写成 登录名:工号:姓名。")
            found.append((role, *parts))
    return found


@transaction.atomic
def make(*, officers: list[tuple[str, str, str, str]], at: datetime) -> list[tuple[str, str]]:
    """This function will open the accounts and put the grants into force; returns (sign-in name, first password)."""
    if Counter(role for role, *_ in officers) & LEAST != LEAST:
        raise UnableToMakeOfficers("至少要 1 名系统管理员、2 名安全管理员、1 名审计管理员。")
    if len({holder for _, _, holder, _ in officers}) < len(officers):
        raise UnableToMakeOfficers("每名管理员都要是不同的人，工号不能相同。")
    if access_queries.has_officers():
        raise UnableToMakeOfficers("已经有管理员了。新的管理员请在网页“账号和授权”里办。")
    area = access_queries.area_by_code(code=settings.DISTRICT_CODE)
    if area is None:
        raise UnableToMakeOfficers("还没有区划。请先装入区划，再登记管理员。")
    first, second = (_installer(name, at) for name in INSTALLERS)
    passwords = []
    for role, username, holder, name in officers:
        number = accounts.open_account(username=username, display_name=name, holder=holder, at=at)
        grant = access.propose_grant(
            actor=first, at=at, account_id=number, role=role, area_id=area.id, valid_from=at.date(), reason="首批管理员"
        )
        access.approve_grant(actor=second, at=at, grant_id=grant)
        passwords.append((username, accounts.issue_password(username=username, at=at)))
    return passwords


def _installer(username: str, at: datetime) -> Viewer:
    number = account_queries.account_id(username=username)
    if number is None:
        number = accounts.open_account(username=username, display_name="安装", at=at, kind=AccountKind.SYSTEM)
    held = (HeldGrant("security_officer", "安全管理员", 0, settings.DISTRICT_CODE, ""),)
    return Viewer(number, "安装", username, held, frozenset({"access.grant"}))


def run(arguments: list[str]) -> int:
    """This function will make the first officers and print their first passwords, once."""
    import sys

    from django.utils import timezone

    try:
        passwords = make(officers=read(arguments), at=timezone.localtime())
    except (UnableToMakeOfficers, accounts.UnableToOpenAccount) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    for username, password in passwords:
        print(f"{username}\t{password}")
    print("以上密码只显示这一次，72 小时内有效，各自登录一次后要换成自己的，再设第二道验证。", file=sys.stderr)
    return 0

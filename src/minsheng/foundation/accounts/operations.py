import secrets
from datetime import datetime

from django.db import transaction

from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.rules import AccountKind


class UnableToOpenAccount(ValueError):
    """The account cannot be made: says why and what to do."""


def open_account(
    *,
    username: str,
    display_name: str,
    at: datetime,
    kind: AccountKind = AccountKind.PERSON,
    demo: bool = False,
    holder: str = "",
) -> int:
    """This function will open an account that cannot sign in until a password is set; system accounts never can.

    `holder` is the staff number of the human being behind it, needed where one person has two accounts.
    """
    with transaction.atomic():
        if Account.objects.filter(username=username).exists():
            raise UnableToOpenAccount(f"登录名“{username}”已经有人使用。请换一个登录名。")
        account = Account(
            username=username, display_name=display_name, kind=kind.value, demo=demo, holder=holder, created_at=at
        )
        account.set_unusable_password()
        account.save()
    return int(account.pk)


def issue_password(*, username: str, at: datetime | None = None) -> str:
    """This function will set and return a new random password, which ends every older one and all open sessions.

    It opens the door once: its owner then sets one of their own. With `at` it also lapses after some days.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(username=username)
        if account.kind == AccountKind.SYSTEM:
            raise UnableToOpenAccount(f"“{username}”是系统账号，不能登录。")
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        account.set_password(password)
        account.password_initial, account.password_issued_at = True, at
        account.save(update_fields=["password", "password_initial", "password_issued_at"])
    return password


def disable_account(*, account_id: int, at: datetime, why: str) -> bool:
    """This function will stop an account: nobody signs in by it, and open sign-ins end at their next click."""
    changed = Account.objects.filter(id=account_id, is_active=True).update(
        is_active=False, disabled_at=at, disabled_why=why[:200]
    )
    return bool(changed)


def enable_account(*, account_id: int, at: datetime) -> bool:
    """This function will let a stopped account in again; its ninety days begin anew."""
    changed = Account.objects.filter(id=account_id, is_active=False, kind=AccountKind.PERSON).update(
        is_active=True, disabled_at=None, disabled_why="", enabled_at=at
    )
    return bool(changed)


def set_password(*, account_id: int, password: str) -> None:
    """This function will set a password that its owner has chosen; the initial one is used up."""
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(id=account_id)
        account.set_password(password)
        account.password_initial = False
        account.save(update_fields=["password", "password_initial"])

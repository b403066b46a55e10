"""What the officers do with accounts: the system officer opens them, the security officer stops and starts them."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts import operations as accounts
from minsheng.foundation.accounts import queries as account_queries
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.entrance import rules
from minsheng.foundation.entrance.models import ExternalIdentity
from minsheng.foundation.entrance.operations.sessions import end_all_sessions

DORMANT = f"{rules.DORMANT_DAYS} 天没有登录，自动停用"


class UnableToManageAccount(ValueError):
    """Why the account stays as it is, and what to do."""


def open_staff_account(*, actor: Viewer, at: datetime, username: str, name: str, holder: str) -> tuple[int, str]:
    """This function will open an account for a person at work; returns its id and the first password, shown once."""
    require(viewer=actor, capability="accounts.manage")
    try:
        with transaction.atomic():
            number = accounts.open_account(username=username, display_name=name, at=at, holder=holder)
            password = accounts.issue_password(username=username, at=at)
            _record(actor, at, "accounts.opened", number)
    except accounts.UnableToOpenAccount as error:
        raise UnableToManageAccount(str(error)) from error
    return number, password


def issue_new_password(*, actor: Viewer, at: datetime, account_id: int) -> str:
    """This function will hand out a new first password; the old one and all sign-ins end."""
    require(viewer=actor, capability="accounts.manage")
    _not_oneself(actor, account_id)
    with transaction.atomic():
        try:
            password = accounts.issue_password(username=_username(account_id), at=at)
        except accounts.UnableToOpenAccount as error:
            raise UnableToManageAccount(str(error)) from error
        end_all_sessions(actor=actor, at=at, account_id=account_id)
        _record(actor, at, "accounts.password_issued", account_id)
    return password


def disable(*, actor: Viewer, at: datetime, account_id: int, why: str) -> None:
    """This function will stop an account and end its sign-ins."""
    require(viewer=actor, capability="accounts.secure")
    _not_oneself(actor, account_id)
    if len(why.strip()) < 2:
        raise UnableToManageAccount("请写明为什么停用，例如：调离。")
    with transaction.atomic():
        if not accounts.disable_account(account_id=account_id, at=at, why=why.strip()):
            raise UnableToManageAccount("这个账号已经停用了。")
        end_all_sessions(actor=actor, at=at, account_id=account_id)
        _record(actor, at, "accounts.disabled", account_id)


def enable(*, actor: Viewer, at: datetime, account_id: int) -> None:
    """This function will let a stopped account in again."""
    require(viewer=actor, capability="accounts.secure")
    _not_oneself(actor, account_id)
    with transaction.atomic():
        if not accounts.enable_account(account_id=account_id, at=at):
            raise UnableToManageAccount("这个账号没有停用，不用恢复。")
        _record(actor, at, "accounts.enabled", account_id)


def sign_out_everywhere(*, actor: Viewer, at: datetime, account_id: int) -> int:
    """This function will end every sign-in of an account, for example when a telephone was stolen."""
    require(viewer=actor, capability="accounts.secure")
    return end_all_sessions(actor=actor, at=at, account_id=account_id)


def reset_factors(*, actor: Viewer, at: datetime, account_id: int) -> None:
    """This function will take all second factors away: the person has lost them and has come in person to say so."""
    require(viewer=actor, capability="accounts.secure")
    _not_oneself(actor, account_id)
    with transaction.atomic():
        if not Authenticator.objects.filter(user_id=account_id).delete()[0]:
            raise UnableToManageAccount("这个账号没有第二道验证，不用清除。")
        end_all_sessions(actor=actor, at=at, account_id=account_id)
        _record(actor, at, "accounts.factors_reset", account_id)


def set_identity(*, actor: Viewer, at: datetime, account_id: int, provider: str, subject: str) -> None:
    """This function will note whom another sign-in service means by a subject; empty takes the note away."""
    require(viewer=actor, capability="accounts.manage")
    with transaction.atomic():
        taken = ExternalIdentity.objects.filter(provider=provider, subject=subject).exclude(account_id=account_id)
        if subject and taken.exists():
            raise UnableToManageAccount("这个外部账号已经登记给别人了。请核对工号。")
        ExternalIdentity.objects.filter(provider=provider, account_id=account_id).delete()
        if subject:
            ExternalIdentity.objects.create(account_id=account_id, provider=provider, subject=subject, entered_at=at)
        _record(actor, at, "accounts.identity_set", account_id)


def disable_dormant(*, actor: Viewer, at: datetime) -> int:
    """This function will stop accounts of people who have not signed in for ninety days; returns how many."""
    stopped = 0
    for one in account_queries.people():
        asleep = rules.is_dormant(opened_at=one.opened_at, last_login=one.last_login, enabled_at=one.enabled_at, at=at)
        if not (one.is_active and asleep):
            continue
        with transaction.atomic():
            if accounts.disable_account(account_id=one.id, at=at, why=DORMANT):
                end_all_sessions(actor=actor, at=at, account_id=one.id)
                _record(actor, at, "accounts.disabled", one.id)
                stopped += 1
    return stopped


def _username(account_id: int) -> str:
    username = account_queries.username_of(account_id=account_id)
    if username is None:
        raise UnableToManageAccount("没有这个账号。")
    return username


def _not_oneself(actor: Viewer, account_id: int) -> None:
    if account_queries.holder_of(account_id=actor.account_id) == account_queries.holder_of(account_id=account_id):
        raise UnableToManageAccount("自己的账号要请另一名管理员来办。")


def _record(actor: Viewer, at: datetime, action: str, account_id: int) -> None:
    audit.record(actor=actor, at=at, action=action, object_type="accounts.account", object_id=str(account_id))

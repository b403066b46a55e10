from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from minsheng.foundation.accounts.rules import AccountKind


class AccountManager(BaseUserManager["Account"]):
    """Django's sign-in looks accounts up by `username`; making one is an operation, not a manager method."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """One person at work, or one named system account that jobs act as; there are no shared accounts."""

    username = models.CharField("登录名", max_length=40, unique=True)
    display_name = models.CharField("姓名", max_length=40)
    kind = models.CharField(max_length=10, choices=[(k.value, k.name) for k in AccountKind])
    is_active = models.BooleanField(default=True)
    demo = models.BooleanField(default=False)
    # Who stands behind the account (staff number). Two accounts of one human being carry the same, so that duties are
    # kept apart by person; empty: nobody else has this person's accounts.
    holder = models.CharField("工号", max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    # The first password is handed over by somebody else: it opens the door once, and only for some days.
    password_initial = models.BooleanField(default=False)
    password_issued_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=200, blank=True, default="")
    enabled_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: Any = AccountManager()

    class Meta:
        db_table = "accounts_account"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in AccountKind]), name="accounts_account_kind")
        ]

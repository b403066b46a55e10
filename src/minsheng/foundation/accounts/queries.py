from django.db import connection

from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.rules import AccountKind
from minsheng.foundation.accounts.types import AccountFacts


def account_id(*, username: str) -> int | None:
    """This function will return the id of the account with this sign-in name, or None."""
    number: int | None = Account.objects.filter(username=username).values_list("id", flat=True).first()
    return number


def username_of(*, account_id: int) -> str | None:
    """This function will return the sign-in name of an account, or None."""
    name: str | None = Account.objects.filter(id=account_id).values_list("username", flat=True).first()
    return name


def display_names(*, account_ids: set[int]) -> dict[int, str]:
    """This function will return the names shown for these accounts."""
    return dict(Account.objects.filter(id__in=account_ids).values_list("id", "display_name"))


def holder_of(*, account_id: int) -> str:
    """This function will name the human being behind an account: the staff number, or the account itself."""
    holder: str | None = Account.objects.filter(id=account_id).values_list("holder", flat=True).first()
    return holder or f"account:{account_id}"


def accounts_of_same_person(*, account_id: int) -> frozenset[int]:
    """This function will return every account of the human being behind this one, itself included."""
    with connection.cursor() as cursor:
        # A function of the database, because the residents' role may not read the table itself.
        cursor.execute("SELECT accounts_of_same_person(%s)", [account_id])
        return frozenset(int(number) for (number,) in cursor.fetchall())


def sign_in_account(*, account_id: int) -> Account | None:
    """This function will return the account for the sign-in flow, unless it is stopped or the system's."""
    account: Account | None = Account.objects.filter(
        id=account_id, is_active=True, kind=AccountKind.PERSON.value
    ).first()
    return account


def people() -> list[AccountFacts]:
    """This function will list the accounts of people (not of the system), by sign-in name."""
    rows = Account.objects.filter(kind=AccountKind.PERSON.value).order_by("username")
    return [
        AccountFacts(
            row.pk,
            row.username,
            row.display_name,
            row.holder,
            row.is_active,
            row.created_at,
            row.last_login,
            row.enabled_at,
            row.disabled_at,
            row.disabled_why,
        )
        for row in rows
    ]

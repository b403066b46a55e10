from minsheng.foundation.accounts.models import Account


def account_id(*, username: str) -> int | None:
    """This function will return the id of the account with this sign-in name, or None."""
    number: int | None = Account.objects.filter(username=username).values_list("id", flat=True).first()
    return number


def display_names(*, account_ids: set[int]) -> dict[int, str]:
    """This function will return the names shown for these accounts."""
    return dict(Account.objects.filter(id__in=account_ids).values_list("id", "display_name"))


def holder_of(*, account_id: int) -> str:
    """This function will name the human being behind an account: the staff number, or the account itself."""
    holder: str | None = Account.objects.filter(id=account_id).values_list("holder", flat=True).first()
    return holder or f"account:{account_id}"


def accounts_of_same_person(*, account_id: int) -> frozenset[int]:
    """This function will return every account of the human being behind this one, itself included."""
    holder = Account.objects.filter(id=account_id).exclude(holder="").values("holder")
    return frozenset({account_id, *Account.objects.filter(holder__in=holder).values_list("id", flat=True)})

"""Who may take the money of others: the first reason against it, in the words of the counter."""

from minsheng.work.payments.types import PayeeRole


def unfit(
    *, name: str | None, holder: str, role: PayeeRole, same: bool, member: bool, dead: bool, in_custody: bool
) -> str | None:
    """This function will return why a person may not be the payee, or None where nothing stands against it."""
    reasons = (
        (name is None, "没有这个人，或不在您的辖区内。请先在登记库中找到本人。"),
        (same, "这个人现在就是领款人。只换账户的，不用填领款人。"),
        (dead, "这个人已经去世，不能领款。请另选一位。"),
        (in_custody, "这个人正在服刑或被强制隔离戒毒，不能领款。请另选一位。"),
        (role is PayeeRole.MEMBER and not member, "这个人不是这一户的成员。监护人或受委托代领的，请选对应的身份。"),
        (name is not None and _plain(holder) != _plain(name), "户名要和领款人的姓名一致，钱才发得到本人。"),
    )
    return next((said for against, said in reasons if against), None)


def _plain(name: str) -> str:
    return "".join(name.split()).replace("·", "").replace("．", "")

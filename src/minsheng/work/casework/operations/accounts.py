"""Where the money is to go: entered with the application, sealed, and handed to payments with the approval."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.masking import Audience, mask_card
from minsheng.foundation.sealing import operations as sealing
from minsheng.foundation.sealing.rules import normal_bank_card
from minsheng.records.registry import queries as registry
from minsheng.work.casework.acting import UnableToProceed, acting_on, words
from minsheng.work.casework.models import Account
from minsheng.work.casework.sealed_columns import ACCOUNT_NUMBER
from minsheng.work.casework.types import Act

SHORTEST, LONGEST = 12, 30


def enter_account(
    *, actor: Viewer, at: datetime, case_id: int, holder_name: str, bank: str, account_number: str, basis: str = ""
) -> None:
    """This function will keep the account for a case, sealed, in place of an earlier one.

    The holder is a member of the family; anybody else needs `basis`, the written agreement (57号 Art 26). Whoever
    enters an account does not approve the case.
    """
    with acting_on(actor=actor, at=at, case_id=case_id, act=Act.ENTER_ACCOUNT) as work:
        number = normal_bank_card(account_number)
        if not (number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST):
            raise UnableToProceed(f"账号要是 {SHORTEST} 到 {LONGEST} 位数字。请对照存折或银行卡核对。")
        holder = words(holder_name, what="户名", most=60)
        found = registry.household_facts(
            viewer=actor, household_id=work.case.household_id, as_of=work.today, known_at=at
        )
        if holder not in (found.names.values() if found else ()) and not basis.strip():
            raise UnableToProceed("户名不是这一家的人。代收要有书面协议（57号第二十六条），请写明协议和代收人是谁。")
        row, _ = Account.objects.update_or_create(
            case=work.case,
            defaults={
                "area_id": work.case.area_id,
                "holder_name": holder,
                "bank": words(bank, what="开户银行", most=60),
                "number_sealed": b"",
                "basis": basis.strip()[:200],
                "entered_by": actor.account_id,
                "entered_at": at,
            },
        )
        row.number_sealed = sealing.seal(context=ACCOUNT_NUMBER, row_id=row.pk, value=number)
        row.save(update_fields=["number_sealed"])
        work.done(note=f"{row.bank}，{mask_card(number, Audience.MESSAGE)}")

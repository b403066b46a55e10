"""Experiment E21 for cases: who prepared a case does not decide it, with however many accounts."""

import pytest
from django.db import DatabaseError, transaction

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.work.casework import operations as casework
from minsheng.work.casework.models import Decision
from work.casework.conftest import Office, office, to_confirmation

__all__ = ["office"]
pytestmark = [pytest.mark.experiment, pytest.mark.xdist_group("district")]


def test_one_person_with_two_accounts_does_not_decide_what_they_prepared(office: Office) -> None:
    case_id = to_confirmation(office)
    prepared, decides = office("street_review"), office("district_business")
    Account.objects.filter(pk__in=[prepared.account_id, decides.account_id]).update(holder="W-0001")
    with pytest.raises(casework.UnableToProceed, match="您在这一件上做过"):
        casework.approve(actor=decides, at=office.at, case_id=case_id, reason="符合条件")
    Account.objects.filter(pk=decides.account_id).update(holder="")
    casework.approve(actor=decides, at=office.at, case_id=case_id, reason="符合条件")  # the control: another person
    with acting_as(viewer=decides, at=office.at):
        row = Decision.objects.get(case_id=case_id)
        Account.objects.filter(pk=decides.account_id).update(holder="W-0001")
        row.pk, row._state.adding = None, True
        with pytest.raises(DatabaseError, match="person who prepared it"), transaction.atomic():
            row.save(force_insert=True)

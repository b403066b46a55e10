"""The reference district, loaded once per module by an officer of the places desk; each test rolls back to it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from minsheng.foundation.accounts.types import HeldGrant, Viewer


def open_surveyor(at: datetime) -> Viewer:
    """This function will open the account of an officer who may edit places, before there is an area to hold."""
    from minsheng.foundation.accounts import operations as accounts

    number = accounts.open_account(username="surveyor", display_name="区划科", at=at)
    held = (HeldGrant("system", "系统账号", 0, "", ""),)
    return Viewer(number, "区划科", "surveyor", held, frozenset({"places.edit", "places.view"}))


@pytest.fixture
def surveyor(db: None, at: datetime) -> Viewer:
    """This fixture will be the officer before anything is loaded."""
    return open_surveyor(at)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Viewer]:
    """This fixture will load the reference data inside a transaction that the whole module shares."""
    from minsheng.records.places import operations

    at = datetime.fromisoformat("2026-11-03T09:30:00+08:00")
    with django_db_blocker.unblock(), transaction.atomic():
        viewer = open_surveyor(at)
        operations.load_reference(actor=viewer, at=at)
        yield viewer
        transaction.set_rollback(True)


@pytest.fixture
def officer(loaded: Viewer, db: None) -> Viewer:
    """This fixture will be the officer with the reference data in place."""
    return loaded

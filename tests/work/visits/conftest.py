"""The demo district with its staff, on the usual morning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from minsheng.config.demo.accounts import STAFF, system_viewer
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import deliver_pending
from minsheng.records.registry.queries.whereabouts import areas_of_households
from minsheng.work.visits import operations
from minsheng.work.visits.models import HouseholdWarning, Visit
from minsheng.work.visits.types import NewSignal, SignalKind

FAMILY = 7  # 林阿珍's household: the stories come first, in the order of their files


@dataclass
class Street:
    """Who is there and what day it is."""

    at: datetime

    def __call__(self, role: str) -> Viewer:
        if role == "system":
            return system_viewer(at=self.at)
        account = Account.objects.get(username=STAFF[role][0])
        return get_viewer(account_id=account.pk, name=account.display_name, username=account.username, at=self.at)

    def days(self, number: int) -> None:
        """This method will let days pass."""
        self.at += timedelta(days=number)

    def happened(self, kind: SignalKind, value: int | None = None, *, household_id: int = FAMILY, ago: int = 1) -> None:
        """This method will note that something happened to a household."""
        signal = NewSignal(household_id, kind, self.at.date() - timedelta(days=ago), "grid", value)
        operations.record_signals(actor=self("grid_worker"), at=self.at, signals=[signal])

    def warning(self, household_id: int = FAMILY) -> HouseholdWarning | None:
        """This method will return the open score of a household."""
        with acting_as(viewer=self("system"), at=self.at):
            return HouseholdWarning.objects.filter(household_id=household_id, valid_to__isnull=True).first()

    def plan(self) -> None:
        """This method will do the work of a night."""
        operations.rescore_due(actor=self("system"), at=self.at)
        operations.plan_visits(actor=self("system"), at=self.at)

    def visit(self, household_id: int = FAMILY) -> Visit:
        """This method will return the last visit of a household."""
        with acting_as(viewer=self("system"), at=self.at):
            return Visit.objects.filter(household_id=household_id).order_by("-id")[0]

    def visits(self, household_id: int = FAMILY) -> int:
        """This method will count the visits of a household."""
        with acting_as(viewer=self("system"), at=self.at):
            return Visit.objects.filter(household_id=household_id).count()

    def deliver(self) -> None:
        """This method will deliver every event that waits."""
        actor = self("system")
        while deliver_pending(
            actor=actor, at=self.at, limit=100, scope=lambda: acting_as(viewer=actor, at=self.at)
        ).delivered:
            pass

    def elsewhere(self) -> int:
        """This method will return a household outside of the community of the demo's staff."""
        with acting_as(viewer=self("system"), at=self.at):
            areas = areas_of_households(household_ids=range(1, 800))
            return next(n for n, area in areas.items() if area != areas[FAMILY])


@pytest.fixture
def street(district: None, at: datetime) -> Street:
    """This fixture will open the demo district."""
    return Street(at)

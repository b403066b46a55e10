"""Who acts: the identity that every operation and query of every room takes as an argument."""

from dataclasses import dataclass, field
from datetime import datetime

# The roles of the database, told apart everywhere: who owns the tables, as whom everybody works, and as whom a resident
# reads: the app role turns into the last for one transaction, and it may touch only what residents may see.
OWNER_ROLE = "minsheng_owner"
APP_ROLE = "minsheng_app"
RESIDENT_ROLE = "minsheng_resident"


@dataclass(frozen=True)
class HeldGrant:
    """A role held over one area (and everything inside it) at the time the viewer was built."""

    role: str
    role_label: str
    area_id: int
    area_code: str
    area_name: str


@dataclass(frozen=True)
class Viewer:
    """Who asks or acts: an account with the grants in force at one instant. Built by `queries.get_viewer`."""

    account_id: int
    name: str
    username: str
    grants: tuple[HeldGrant, ...] = ()
    capabilities: frozenset[str] = field(default_factory=frozenset)
    request_id: str = ""

    def can(self, capability: str | None) -> bool:
        """This function will say whether any grant in force carries the capability; None is open to all staff."""
        return capability is None or capability in self.capabilities

    @property
    def area_name(self) -> str:
        return self.grants[0].area_name if self.grants else ""

    @property
    def role_label(self) -> str:
        return self.grants[0].role_label if self.grants else ""


@dataclass(frozen=True)
class AccountFacts:
    """What is known of one account of a person; never a password."""

    id: int
    username: str
    name: str
    holder: str
    is_active: bool
    opened_at: datetime
    last_login: datetime | None
    enabled_at: datetime | None
    disabled_at: datetime | None
    disabled_why: str

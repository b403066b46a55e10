"""What crosses the walls of access: roles as declared, areas, and the refusal."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from minsheng.foundation.accounts.types import Viewer


class ProtectionLevel(IntEnum):
    """The security label of a person's records, and up to which of them a grant reaches (GB/T 22239-2019 8.1.4.2 g)."""

    ORDINARY = 0
    SENSITIVE = 1
    PROTECTED = 2

    @property
    def label(self) -> str:
        return ("普通", "敏感", "重点保护")[self]


@dataclass(frozen=True)
class RoleDefinition:
    """One role: code, Chinese label, whether it sees records of persons at all, and its capabilities.

    `on_duty`: what it may do only while on duty, for a bounded time and with a reason. `apart`: an officer's
    role, which nobody holds beside another one (GB/T 22239-2019 8.1.4.2 d). `clearance`: the highest label a grant of
    the role may reach; whoever proposes a grant chooses up to it. `whole`: it always reaches that far, because the
    role's work is sums over everybody, and a sum that leaves somebody out is wrong.
    """

    code: str
    label: str
    sees_records: bool
    capabilities: frozenset[str]
    on_duty: frozenset[str] = frozenset()
    apart: bool = False
    clearance: ProtectionLevel = ProtectionLevel.ORDINARY
    whole: bool = False


@dataclass(frozen=True)
class AreaRef:
    """One area of the scope tree."""

    id: int
    code: str
    name: str
    parent_id: int | None
    depth: int


class UnableToAct(PermissionError):
    """The viewer lacks the capability for this act."""

    def __init__(self, *, viewer: Viewer, capability: str) -> None:
        self.viewer, self.capability = viewer, capability
        super().__init__(
            f"您的岗位（{viewer.role_label or '未授权'}）没有这项权限：{capability}。需要时请联系安全管理员。"
        )


def require(*, viewer: Viewer, capability: str) -> None:
    """This function will raise `UnableToAct` unless the viewer holds the capability."""
    if not viewer.can(capability):
        raise UnableToAct(viewer=viewer, capability=capability)


@dataclass(frozen=True)
class DutyLine:
    """A span in which an officer may use the powers of the role."""

    id: int
    reason: str
    began_at: datetime
    until: datetime


@dataclass(frozen=True)
class GrantLine:
    """One grant as officers see it."""

    id: int
    account_id: int
    account_name: str
    role_label: str
    area_name: str
    valid_from: date
    valid_to: date | None
    reason: str
    granted_by: str
    approved_by: str
    reviewed_at: datetime | None
    is_mine: bool  # proposed by the reader, or the reader's own: another must approve it
    clearance: ProtectionLevel = ProtectionLevel.ORDINARY


@dataclass(frozen=True)
class GlassLine:
    """One opening beyond one's own area: who, where, why, and what a second person found."""

    id: int
    account_id: int
    account_name: str
    area_name: str
    reason: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    justified: bool | None
    note: str
    due_at: datetime
    alarmed_at: datetime | None

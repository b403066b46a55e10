"""What crosses the walls of access: roles as declared, areas, and the refusal."""

from dataclasses import dataclass

from minsheng.foundation.accounts.types import Viewer


@dataclass(frozen=True)
class RoleDefinition:
    """One role: code, Chinese label, whether it sees records of persons at all, and its capabilities."""

    code: str
    label: str
    sees_records: bool
    capabilities: frozenset[str]


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

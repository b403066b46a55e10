"""What an entry is as bytes, and the Merkle tree over entries (RFC 6962 §2.1, with SM3 of GB/T 32905-2016).

Canonical bytes of an entry: one JSON object of the twelve fields below, keys in order, no blanks, UTF-8, nothing
escaped that need not be; the id in lower-case hyphens, the instant in UTC with six decimals and `Z`, unknown as `null`.
A leaf is SM3(0x00 ‖ bytes), a node SM3(0x01 ‖ left ‖ right), the empty tree SM3 of nothing: a leaf can never be read
as a node. `tools/verify_audit.py` says the same without this package; a test compares the two.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from minsheng.foundation.sealing.digests import sm3

FIELDS = (
    "account_id", "account_name", "action", "area_id", "at", "detail", "id", "object_id", "object_type", "purpose",
    "request_id", "role",
)  # fmt: skip
EMPTY_ROOT = sm3(b"")


def instant(at: datetime) -> str:
    """This function will write an instant as it stands in canonical bytes: 2026-11-03T01:30:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(entry: Mapping[str, Any]) -> bytes:
    """This function will return the bytes of an entry that are hashed; see the head of this file."""
    plain = {name: entry[name] for name in FIELDS}
    plain["id"] = str(plain["id"])
    if isinstance(plain["at"], datetime):
        plain["at"] = instant(plain["at"])
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def leaf_of(content: bytes) -> bytes:
    """This function will return the leaf of an entry's canonical bytes."""
    return sm3(b"\x00" + content)


def node_of(left: bytes, right: bytes) -> bytes:
    """This function will return the node above two others."""
    return sm3(b"\x01" + left + right)


def _split(size: int) -> int:
    """The largest power of two below the size: where RFC 6962 parts a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """This function will return the root over the leaves in their order."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:  # an odd one goes up unchanged, which is the tree of RFC 6962
        pairs = [node_of(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """This function will return the audit path of one leaf, from the bottom up (RFC 6962 §2.1.1)."""
    if len(leaves) <= 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*path_to(leaves[:cut], index), root_of(leaves[cut:])]
    return [*path_to(leaves[cut:], index - cut), root_of(leaves[:cut])]


def root_by_path(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """This function will return the root that a path leads to, or None where the path is too long or too short."""
    if size <= 1:
        return leaf if not path and index == 0 and size == 1 else None
    if not path:
        return None
    cut = _split(size)
    if index < cut:
        below = root_by_path(leaf, index=index, size=cut, path=path[:-1])
        return None if below is None else node_of(below, path[-1])
    below = root_by_path(leaf, index=index - cut, size=size - cut, path=path[:-1])
    return None if below is None else node_of(path[-1], below)

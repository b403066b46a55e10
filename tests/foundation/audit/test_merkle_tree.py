"""The tree over the trail, against RFC 6962's own words, and against the verifier that knows nothing of us."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.foundation.audit.rules import (
    EMPTY_ROOT,
    canonical,
    leaf_of,
    node_of,
    path_to,
    root_by_path,
    root_of,
)
from minsheng.foundation.sealing.digests import sm3

ENTRY = {
    "id": UUID("7f1de9a1-0000-4000-8000-00000000000a"),
    "at": datetime(2026, 11, 3, 1, 30, tzinfo=UTC),
    "account_id": 7,
    "account_name": "周敏",
    "role": "street_intake",
    "area_id": None,
    "action": "registry.person_opened",
    "object_type": "registry.person",
    "object_id": "42",
    "purpose": "case",
    "detail": {"b": 1, "a": ["䶮", None, True]},
    "request_id": "",
}


def verifier() -> ModuleType:
    path = Path(__file__).parents[3] / "tools" / "verify_audit.py"
    found = importlib.util.spec_from_file_location("verify_audit", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_known_answers_of_sm3() -> None:
    """GB/T 32905-2016, examples 1 and 2."""
    answers = {
        b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    }
    alone = verifier()
    for content, digest in answers.items():
        assert sm3(content).hex() == alone.sm3(content).hex() == digest


@given(st.binary(max_size=300))
def test_the_verifier_has_the_same_sm3(content: bytes) -> None:
    assert verifier_module.sm3(content) == sm3(content)


verifier_module = verifier()


def test_the_bytes_of_an_entry_are_as_documented() -> None:
    assert canonical(ENTRY).decode() == (
        '{"account_id":7,"account_name":"周敏","action":"registry.person_opened","area_id":null,'
        '"at":"2026-11-03T01:30:00.000000Z","detail":{"a":["䶮",null,true],"b":1},'
        '"id":"7f1de9a1-0000-4000-8000-00000000000a","object_id":"42","object_type":"registry.person",'
        '"purpose":"case","request_id":"","role":"street_intake"}'
    )


def rfc_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return sm3(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sm3(b"\x01" + rfc_root(leaves[:k]) + rfc_root(leaves[k:]))


def some_leaves(size: int) -> list[bytes]:
    return [leaf_of(str(i).encode()) for i in range(size)]


@pytest.mark.parametrize("size", [*range(0, 20), 63, 64, 65, 100])
def test_every_size_gives_the_root_of_the_rfc_and_every_leaf_its_way_there(size: int) -> None:
    leaves = some_leaves(size)
    root = root_of(leaves)
    assert root == rfc_root(leaves)
    for index, leaf in enumerate(leaves):
        path = path_to(leaves, index)
        assert root_by_path(leaf, index=index, size=size, path=path) == root
        assert verifier_module.root_by_path(leaf, index, size, path) == root


def test_a_tree_of_nothing_is_sm3_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == sm3(b"")


def test_control_another_place_another_order_another_path_do_not_lead_there() -> None:
    leaves = some_leaves(11)
    root, path = root_of(leaves), path_to(leaves, 4)
    assert root_by_path(leaves[4], index=5, size=11, path=path) != root
    assert root_by_path(leaves[5], index=4, size=11, path=path) != root
    assert root_by_path(leaves[4], index=4, size=11, path=path[:-1]) != root
    assert root_by_path(leaves[4], index=4, size=11, path=[*path, path[0]]) is None
    assert root_of([leaves[1], leaves[0], *leaves[2:]]) != root


def test_control_a_node_cannot_be_sold_as_an_entry() -> None:
    """Without the two prefixes, the 64 bytes below a node would be the bytes of an entry with the same hash."""
    left, right = some_leaves(2)
    assert leaf_of(left + right) != node_of(left, right)
    assert sm3(left + right) not in (leaf_of(left + right), node_of(left, right))

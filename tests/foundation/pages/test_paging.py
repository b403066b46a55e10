"""Keyset paging sees every row once, in both directions, with empty values and rows that appear meanwhile."""

import base64

import pytest
from django.db.models import F

from minsheng.foundation.access import operations as access
from minsheng.foundation.access.models import Area
from minsheng.foundation.pages.paging import UnableToPage, keyset_page

ORDERS = [("id",), ("-id",), ("parent_id", "id"), ("-parent_id", "id"), ("-parent_id", "-depth", "name", "-id")]


def plant() -> None:
    access.put_area(area_id=1, code="330102000000", name="上城区", parent_id=None)
    for number in range(2, 24):
        parent = None if number % 7 == 0 else 1 if number < 6 else 2 + number % 3
        access.put_area(area_id=number, code=f"3301020{number:05d}", name=f"社区{number % 4}", parent_id=parent)


def walk(order: tuple[str, ...], size: int) -> tuple[list[int], list[int]]:
    """Ids met going forward to the end, then backward to the beginning."""
    forward, token = [], None
    while True:
        page = keyset_page(Area.objects.all(), order=order, token=token, size=size)
        forward.extend(row.pk for row in page.rows)
        if page.next_token is None:
            break
        token = page.next_token
    backward = [row.pk for row in reversed(page.rows)]
    while page.previous_token:
        page = keyset_page(Area.objects.all(), order=order, token=page.previous_token, size=size)
        backward.extend(row.pk for row in reversed(page.rows))
    return forward, backward


@pytest.mark.django_db
@pytest.mark.parametrize("order", ORDERS, ids=",".join)
@pytest.mark.parametrize("size", [1, 4, 23, 50])
def test_every_row_once_in_both_directions(order: tuple[str, ...], size: int) -> None:
    plant()
    columns = [
        F(name.lstrip("-")).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
        for name in order
    ]
    expected = list(Area.objects.order_by(*columns).values_list("pk", flat=True))
    forward, backward = walk(order, size)
    assert len(expected) == 23
    assert forward == expected
    assert backward == expected[::-1]


@pytest.mark.django_db
def test_rows_that_appear_meanwhile_shift_nothing() -> None:
    plant()
    first = keyset_page(Area.objects.all(), order=("code", "id"), size=5)
    access.put_area(area_id=99, code="330102000001", name="新社区", parent_id=1)
    second = keyset_page(Area.objects.all(), order=("code", "id"), token=first.next_token, size=5)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert [row.pk for row in second.rows] == [6, 7, 8, 9, 10]


@pytest.mark.django_db
def test_tokens_are_sealed_and_bound_to_their_list() -> None:
    plant()
    token = keyset_page(Area.objects.all(), order=("name", "id"), size=5).next_token
    assert token is not None
    raw = base64.urlsafe_b64decode(token + "==")
    assert "社区".encode() not in raw
    with pytest.raises(UnableToPage, match="第一页"):
        keyset_page(Area.objects.all(), order=("-name", "id"), token=token)
    changed = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    for forged in (changed, "", "x", "%%%", "é"):
        if forged:
            with pytest.raises(UnableToPage):
                keyset_page(Area.objects.all(), order=("name", "id"), token=forged)


@pytest.mark.django_db
def test_order_must_end_with_the_key_and_pages_are_capped() -> None:
    with pytest.raises(ValueError, match="primary"):
        keyset_page(Area.objects.all(), order=("name",))
    plant()
    assert len(keyset_page(Area.objects.all(), order=("id",), size=10_000).rows) == 23
    assert len(keyset_page(Area.objects.all(), order=("id",), size=0).rows) == 1
    empty = keyset_page(Area.objects.none(), order=("id",))
    assert (list(empty.rows), empty.next_token, empty.previous_token) == ([], None, None)

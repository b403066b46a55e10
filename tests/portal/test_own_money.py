"""What the office grants is on the resident's own page: how much, from when, why, and when the next amount comes."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from minsheng.portal.rules import paid_by
from minsheng.work.casework import operations as casework
from portal.conftest import Door
from work.casework.conftest import to_confirmation

pytestmark = pytest.mark.xdist_group("district")
BENEFIT = "/my/benefits/minimum_living_allowance/"


@pytest.mark.parametrize(
    ("month", "today", "by"),
    [
        (date(2026, 12, 1), date(2026, 11, 3), date(2026, 12, 10)),
        (date(2026, 12, 1), date(2026, 12, 10), date(2026, 12, 10)),
        (date(2026, 12, 1), date(2026, 12, 11), None),
        (None, date(2026, 12, 1), None),
    ],
)
def test_the_tenth_of_the_month_is_the_last_day(month: date | None, today: date, by: date | None) -> None:
    assert paid_by(month, today=today) == by


def test_from_applied_to_approved_the_page_says_each_time_what_is_true(
    door: Door, browse: Callable[[], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse()
    assert "我要申请" in client.get(BENEFIT).content.decode(), "the control: nothing has begun"
    office = door.office
    case_id = to_confirmation(office)  # eight days pass
    monkeypatch.setattr("django.utils.timezone.now", lambda: office.at)
    office.state_purpose()
    client = browse()
    in_hand = client.get(BENEFIT).content.decode()
    assert "已经在办了" in in_hand
    assert "我要申请" not in in_hand
    assert "正在办" in client.get("/my/").content.decode()
    casework.approve(actor=office("district_business"), at=office.at, case_id=case_id, reason="符合低保条件")
    page = client.get(BENEFIT).content.decode()
    assert "批准了，从 2026年12月 起每月 1,806.00 元" in page
    assert "2026年12月10日（星期四）以前到账" in page
    assert "是怎么算出来的" in page
    assert "我要申请" not in page
    home = client.get("/my/").content.decode()
    offered, granted = home.split('id="granted"')
    assert "最低生活保障（低保）" not in offered
    assert "1,806.00 元" in granted
    assert "下一次：2026年12月10日（星期四）以前到账" in granted


def test_a_no_to_what_must_be_applied_for_is_taken(browse: Callable[[], Client]) -> None:
    client = browse()
    answer = client.post("/my/reply/minimum_living_allowance/", {"answer": "no"})
    assert answer.status_code == 200
    assert "记下了：先不用" in answer.content.decode()
    assert client.post("/my/reply/minimum_living_allowance/", {"answer": "yes"}).status_code == 404


def test_the_layout_is_chosen_once_and_kept(browse: Callable[[], Client]) -> None:
    client = browse()
    assert 'class="elder"' in client.get("/my/").content.decode()
    answer = client.post("/layout/", {"layout": "standard", "next": "/my/looks/"})
    assert (answer.status_code, answer["Location"]) == (302, "/my/looks/")
    for path in ("/my/", "/my/sign-in/", "/verify/"):
        client.post("/my/sign-out/") if path == "/my/sign-in/" else None
        assert 'class="elder standard"' in client.get(path).content.decode(), "kept also after signing out"
    assert client.post("/layout/", {"layout": "elder", "next": "https://elsewhere.example/"})["Location"] == "/my/"
    assert 'class="elder"' in client.get("/verify/").content.decode()


def test_the_person_page_leads_whoever_stands_at_the_counter_to_the_code(door: Door, family: list[int]) -> None:
    from minsheng.foundation.accounts.models import Account

    for username, offered in (("shequ", True), ("yewu", False)):
        clerk = Client()
        clerk.force_login(Account.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        page = clerk.get(f"/people/{family[0]}/").content.decode()
        assert (f"/people/{family[0]}/resident-code/" in page) is offered

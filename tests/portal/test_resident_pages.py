"""What a resident meets: the door, the list of the household, and no page of the house behind it."""

from collections.abc import Callable

import pytest
from django.test import Client

from minsheng.foundation.accounts.models import Account
from portal.conftest import Door

pytestmark = pytest.mark.xdist_group("district")


def test_without_a_sitting_every_page_leads_to_the_door(office: object) -> None:
    answer = Client().get("/my/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/sign-in/?next=%2Fmy%2F")


def test_the_list_says_what_the_family_could_have(browse: Callable[[], Client]) -> None:
    page = browse().get("/my/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "林阿珍，您家每月" in text
    assert "最低生活保障（低保）" in text
    assert "1,806.00 元" in text
    assert "no-store" in page["Cache-Control"]


def test_a_resident_opens_no_page_of_the_staff(browse: Callable[[], Client]) -> None:
    client = browse()
    for path in ("/", "/findings/", "/people/", "/cases/", "/visits/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/sign-in/"), path


def test_a_wrong_code_is_refused_in_plain_words(office: object) -> None:
    answer = Client().post("/my/sign-in/", {"code": "1234 5678 9012"})
    assert answer.status_code == 422
    assert "到社区或街道窗口重新打印一个" in answer.content.decode()


def test_staff_in_the_same_browser_see_no_pages_of_residents(browse: Callable[[], Client]) -> None:
    client = browse()
    client.force_login(Account.objects.get(username="yewu"), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/my/")["Location"].startswith("/my/sign-in/")


def test_the_clerk_prints_a_code_that_opens_the_list(door: Door, family: list[int]) -> None:
    clerk = Client()
    clerk.force_login(Account.objects.get(username="shequ"), "django.contrib.auth.backends.ModelBackend")
    assert clerk.get(f"/people/{family[0]}/resident-code/").status_code == 200
    assert clerk.post(f"/people/{family[0]}/resident-code/", {}).status_code == 422
    page = clerk.post(f"/people/{family[0]}/resident-code/", {"identity_check": "id_card"}).content.decode()
    code = page.split('class="printed-code">')[1].split("<")[0]
    home = Client()
    assert home.post("/my/sign-in/", {"code": code})["Location"] == "/my/"
    assert home.get("/my/").status_code == 200
    assert home.post("/my/sign-out/")["Location"] == "/my/sign-in/"
    assert home.get("/my/").status_code == 302

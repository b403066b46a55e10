"""The first officers of an installation are made once, as different people, and come in by what was printed."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from builders import plant_small_tree
from minsheng.config import first_officers
from minsheng.foundation.access.queries import get_viewer
from minsheng.foundation.accounts.models import Account

pytestmark = pytest.mark.django_db
FOUR = [
    "--system",
    "zhang:A1:张三",
    "--security",
    "li:A2:李四",
    "--security",
    "wang:A3:王五",
    "--audit",
    "zhao:A4:赵六",
]


def test_four_people_are_made_once(at: datetime, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.SIGN_IN_SIMPLE = False
    assert first_officers.run(FOUR) == 2
    assert "还没有区划" in capsys.readouterr().err
    plant_small_tree()
    assert first_officers.run(FOUR) == 0
    printed = dict(re.findall(r"^(\w+)\t(\S+)$", capsys.readouterr().out, re.MULTILINE))
    assert printed.keys() == {"zhang", "li", "wang", "zhao"}
    account = Account.objects.get(username="li")
    viewer = get_viewer(account_id=account.pk, name="李四", username="li", at=timezone.now())
    assert viewer.role_label == "安全管理员"
    assert not viewer.can("access.grant"), "not before duty"
    client = Client()
    client.post("/sign-in/", {"username": "li", "password": printed["li"]})
    assert client.get("/officers/").headers["Location"].startswith("/account/password/")
    assert first_officers.run(FOUR) == 2
    assert "已经有管理员了" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (FOUR[:4], "至少要"),
        (["--system", "zhang:A1:张三", "--security", "li:A1:李四", *FOUR[4:]], "不同的人"),
    ],
)
def test_too_few_or_one_person_twice(
    at: datetime, capsys: pytest.CaptureFixture[str], changed: list[str], why: str
) -> None:
    plant_small_tree()
    assert first_officers.run(changed) == 2
    assert why in capsys.readouterr().err
    assert not Account.objects.filter(username="zhang").exists()

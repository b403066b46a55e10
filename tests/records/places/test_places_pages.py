"""The pages of places: what they answer, to whom, and what they say when something is wrong."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from test_places_geometry import street_features

from builders import staff
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.places import queries
from minsheng.records.places.models import BoundaryImport


@pytest.fixture
def signed_in(officer: Viewer, at: datetime, client: Client, settings: Any) -> Client:
    settings.ROOT_URLCONF = "records.places.places_site"
    viewer = staff(at=at, role="district_business", area_id=1, valid_from=date(2020, 1, 1))
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("?on=2026-11-03", "14 个街道、203 个社区"),
        ("?on=2021-04-08", "6 个街道、54 个社区"),
        ("?on=2021-04-09", "14 个街道、203 个社区"),
    ],
)
def test_the_tree_of_a_day(signed_in: Client, query: str, heading: str) -> None:
    page = text_of(signed_in.get(f"/places/{query}"))
    assert heading in page
    assert "江干区" in page
    assert "两个区合成今天的上城区" in page


def test_an_old_code_is_answered_with_its_successors(signed_in: Client) -> None:
    page = text_of(signed_in.get("/places/?q=330104&on=2026-11-03"))
    assert "分成了 2 个" in page
    assert "钱塘区（330114）" in page
    assert "代码启用日未逐一查到" in page


@pytest.mark.parametrize(
    ("query", "said"), [("?q=999999", "核对代码"), ("?q=不存在的地方", "没有找到"), ("?on=昨天", "不是日期")]
)
def test_what_is_wrong_is_said(signed_in: Client, query: str, said: str) -> None:
    response = signed_in.get(f"/places/{query}")
    assert response.status_code == 200
    assert said in text_of(response)


def test_a_former_street_tells_where_it_went(signed_in: Client) -> None:
    former = queries.versions_of(code="330104006")[0]
    page = text_of(signed_in.get(f"/places/{former.id}/"))
    assert "现已不用" in page
    assert "去向" in page
    assert "330102012" in page
    assert signed_in.get("/places/999999999/").status_code == 404


def upload(client: Client, document: Any) -> Any:
    sent = SimpleUploadedFile("街道.geojson", json.dumps(document).encode())
    form = {"file": sent, "level": "street", "effective_date": "2026-12-01", "source": "区勘界办"}
    return client.post("/places/boundaries/", form)


def test_upload_preview_apply_undo(signed_in: Client) -> None:
    answer = upload(signed_in, street_features())
    number = BoundaryImport.objects.get().id
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/places/boundaries/{number}/")
    assert "等您确认" in text_of(signed_in.get(f"/places/boundaries/{number}/"))
    shapes = json.loads(signed_in.get(f"/places/boundaries/{number}/shapes.geojson").content)
    assert len(shapes["features"]) == 14
    assert "已启用" in text_of(signed_in.post(f"/places/boundaries/{number}/apply/", follow=True))
    assert "已撤回" in text_of(signed_in.post(f"/places/boundaries/{number}/undo/", follow=True))
    assert "不能启用" in text_of(signed_in.post(f"/places/boundaries/{number}/apply/", follow=True))


def test_a_bad_file_is_explained_on_the_page(signed_in: Client) -> None:
    answer = upload(signed_in, {"type": "FeatureCollection", "features": []})
    assert answer.status_code == 422
    assert "文件没有收下" in text_of(answer)
    assert not BoundaryImport.objects.exists()
    assert "请填写来源" in text_of(signed_in.post("/places/boundaries/", {"level": "street"}))


def test_those_without_the_right_are_turned_away(officer: Viewer, at: datetime, client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "records.places.places_site"
    assert client.get("/places/").status_code == 302
    viewer = staff(at=at, role="grid_worker", area_id=1, valid_from=date(2020, 1, 1))
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/places/").status_code == 200
    assert client.get("/places/boundaries/").status_code == 403
    assert client.post("/places/boundaries/1/apply/").status_code == 403
    assert client.get("/places/boundaries/1/apply/").status_code in (403, 405)

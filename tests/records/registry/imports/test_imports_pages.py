"""The pages of imports: upload, preview, decide, apply, undo, and what is refused."""

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from conftest_imports import AT, PEOPLE, Street, workbook
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from builders import staff
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.audit.queries import looks_at
from minsheng.records.registry.imports.models import Batch

ZHEN, GUO, MIN = PEOPLE
FACTS = ["姓名", "身份证号", "工资性收入（年）", "备注"]


@pytest.fixture
def signed_in(office: Street, client: Client, settings: Any) -> Client:
    settings.ROOT_URLCONF = "records.registry.imports.imports_site"
    client.force_login(Account.objects.get(pk=office.officer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def upload(client: Client, content: bytes, **changes: str) -> Any:
    day = timezone.localdate().isoformat()
    form = {"kind": "facts", "source": "hrss", "valid_from": day, "purpose": "年度核对"} | changes
    return client.post("/imports/", form | {"file": SimpleUploadedFile("名单.xlsx", content)})


def newest(office: Street) -> int:
    with acting_as(viewer=office.officer, at=AT):
        return int(Batch.objects.latest("id").id)


def test_upload_preview_apply_undo(office: Street, signed_in: Client) -> None:
    content = workbook(FACTS, [GUO, PEOPLE[GUO], 36000, "x"], [ZHEN, PEOPLE[ZHEN], "1.234", None])
    answer = upload(signed_in, content)
    number = newest(office)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/imports/{number}/")
    page = text_of(signed_in.get(f"/imports/{number}/"))
    assert "导入后将改动 1 行，1 行有错不导入" in page
    assert "36,000.00 元" in page
    assert "“备注”这一列不认识" in page
    assert PEOPLE[GUO] not in page, "the number is masked"
    assert PEOPLE[GUO] not in text_of(signed_in.get("/imports/"))
    book = openpyxl.load_workbook(BytesIO(signed_in.get(f"/imports/{number}/errors.xlsx").content))
    assert book.worksheets[0].max_row == 3
    only = text_of(signed_in.get(f"/imports/{number}/?outcome=error"))
    assert "比分还小" in only
    assert "36,000.00 元" not in only
    assert "1 行已经写进登记库" in text_of(signed_in.post(f"/imports/{number}/apply/", follow=True))
    assert "请写明为什么撤回" in text_of(signed_in.post(f"/imports/{number}/undo/", follow=True))
    done = text_of(signed_in.post(f"/imports/{number}/undo/", {"reason": "发错了"}, follow=True))
    assert "恢复到导入以前" in done
    with acting_as(viewer=office.officer, at=AT):
        acts = {
            look.action for look in looks_at(viewer=office.officer, object_type="imports.batch", object_id=str(number))
        }
    assert acts == {
        "imports.table_staged",
        "imports.rows_seen",
        "imports.errors_exported",
        "imports.table_applied",
        "imports.table_undone",
    }


def test_the_same_file_is_answered_with_the_first(office: Street, signed_in: Client) -> None:
    content = workbook(FACTS, [GUO, PEOPLE[GUO], 36000, None])
    upload(signed_in, content)
    number = newest(office)
    signed_in.post(f"/imports/{number}/apply/")
    again = upload(signed_in, content)
    assert again.status_code == 422
    assert f"第 {number} 号" in text_of(again)
    assert "没有改动任何资料" in text_of(again)
    assert newest(office) == number


def test_a_duplicate_is_decided_on_the_page(office: Street, signed_in: Client) -> None:
    table = workbook(["姓名", "性别", "出生日期", "社区代码"], ["林阿贞", "女", "1950-03-12", "330102012001"])
    upload(signed_in, table, kind="persons")
    number = newest(office)
    page = text_of(signed_in.get(f"/imports/{number}/"))
    assert "照样登记" in page
    assert "确认导入" not in page
    assert "请选" in text_of(signed_in.post(f"/imports/{number}/rows/2/decide/", {"decision": "?"}, follow=True))
    decided = text_of(signed_in.post(f"/imports/{number}/rows/2/decide/", {"decision": "register"}, follow=True))
    assert "确认导入" in decided


@pytest.mark.parametrize("kind", ["persons", "facts"])
def test_the_template_can_be_sent_back(signed_in: Client, kind: str) -> None:
    content = signed_in.get(f"/imports/template/{kind}.xlsx").content
    headings = [c.value for c in openpyxl.load_workbook(BytesIO(content)).worksheets[0][2]]
    assert "姓名" in headings
    assert "表头下面没有数据" in text_of(upload(signed_in, content, kind=kind))
    assert signed_in.get("/imports/template/rumours.xlsx").status_code == 404


def test_bad_files_and_forms_are_explained(office: Street, signed_in: Client) -> None:
    answer = upload(signed_in, b"PK\x03\x04 rubbish")
    assert answer.status_code == 422
    assert "登记库没有任何改动" in text_of(answer)
    assert "请填写“为什么导入”" in text_of(upload(signed_in, b"x", purpose=""))
    assert signed_in.get("/imports/999999/").status_code == 404
    assert signed_in.get("/imports/999999/errors.xlsx").status_code == 404


def test_those_without_the_right_are_turned_away(office: Street, client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "records.registry.imports.imports_site"
    assert client.get("/imports/").status_code == 302
    clerk = staff(at=AT, role="street_intake", area_id=1, valid_from=date(2020, 1, 1))
    client.force_login(Account.objects.get(pk=clerk.account_id), "django.contrib.auth.backends.ModelBackend")
    for address in ("/imports/", "/imports/1/", "/imports/1/errors.xlsx"):
        assert client.get(address).status_code == 403
    assert client.post("/imports/1/apply/").status_code == 403

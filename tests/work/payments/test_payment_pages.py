"""The month's run in pages, by the people who do it; what each page says first, and what a stranger is told."""

from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from builders import DISTRICT
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import UnableToReadAnswers, read_answers
from minsheng.work.payments.command import print_proof
from minsheng.work.payments.models import Line
from minsheng.work.payments.types import Outcome
from work.payments.payments_office import Office, granted, open_office, seen_by

pytestmark = pytest.mark.django_db
SCHEME = "minimum_living_allowance"


@pytest.fixture
def office(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: at)
    made = open_office(at=at)
    granted(made, at, "钟阿甲")
    return made


def browser(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def posted(viewer: Viewer, path: str, **fields: object) -> str:
    """Whatever is posted leads back to a page that says what came of it."""
    return browser(viewer).post(path, fields, follow=True).content.decode()


def test_a_month_by_the_people_who_do_it(office: Office, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    assert "还没有编制过发放" in browser(office.leader).get("/payments/").content.decode()
    page = posted(office.business, "/payments/compile/", month="2026-11-01")
    assert "2026年11月：专项资金不够，不能锁定" in page
    assert "差 1,102.00 元" in page
    payments.book_budget(actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=200_000, reference="1")
    page = posted(office.business, "/payments/compile/", month="2026-11-01")
    assert "2026年11月：1 笔、1,102.00 元，可以锁定" in page
    with seen_by(office.business, at):
        line = Line.objects.get()
    run = f"/payments/{line.run_id}/"
    assert "等待签字" in posted(office.business, f"{run}lock/")
    assert browser(office.business).post(f"{run}sign/").status_code == 403
    assert "签字齐全，可以出银行文件" in posted(office.review, f"{run}sign/")
    assert "还没有送到银行" in posted(office.cashier, f"{run}release/")
    file = browser(office.cashier).post(f"{run}file/")
    assert file["Content-Disposition"].startswith("attachment")
    assert "1102.00" in file.content.decode()
    assert "还有 1 笔银行没有答复" in posted(office.cashier, f"{run}hand-over/")
    wrong = SimpleUploadedFile("a.csv", "流水号,结果\n1,好\n".encode())
    assert "第 2 行读不懂" in posted(office.cashier, f"{run}answers/", answers=wrong)
    right = SimpleUploadedFile("a.csv", f"流水号,结果,说明\n{line.pk},成功,\n".encode())
    assert "银行都已答复，可以对账" in posted(office.cashier, f"{run}answers/", answers=right)
    assert "全部有着落" in posted(office.accountant, f"{run}settle/")
    assert "每一批都已对账" in browser(office.leader).get("/payments/").content.decode()
    capsys.readouterr()
    assert print_proof(viewer=office.system, at=at) == 0
    assert '"holds": true' in capsys.readouterr().out


def test_a_run_that_is_not_there_and_a_street(office: Office) -> None:
    assert browser(office.business).get("/payments/999999/").status_code == 404
    assert browser(office.business).post("/payments/999999/lock/").status_code == 404
    assert browser(office.street_review).get("/payments/").status_code == 403


def test_a_reason_is_asked_for(office: Office, at: datetime) -> None:
    payments.book_budget(actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=200_000, reference="1")
    number = payments.compile_run(actor=office.business, at=at, area_id=DISTRICT, month=at.date().replace(day=1))
    payments.lock_run(actor=office.business, at=at, run_id=number)
    assert browser(office.cashier).post(f"/payments/{number}/return/", {"reason": "x"}).status_code == 403
    assert "请写明退回的原因" in posted(office.review, f"/payments/{number}/return/")
    assert "上次被退回：金额要再核" in posted(office.review, f"/payments/{number}/return/", reason="金额要再核")


def test_a_broken_ledger_is_told(office: Office, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    """Negative control: a line that the ledger does not know fails the proof."""
    from minsheng.work.payments import command
    from minsheng.work.payments.types import Proof

    broken = Proof(1, 2, 0, 0, 1, 0, 0, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "prove", lambda **given: broken)
        assert print_proof(viewer=office.system, at=at) == 1
    assert '"paid_twice": 1' in capsys.readouterr().out


def test_answers_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    read = read_answers("\ufeff流水号,结果,说明\r\n7,成功,\r\n8,退回,户名不符\r\n9,处理中,\r\n")
    assert [(one.line_id, one.outcome) for one in read] == [
        (7, Outcome.PAID),
        (8, Outcome.RETURNED),
        (9, Outcome.UNKNOWN),
    ]
    for broken in ("", "流水号,结果\n", "流水号,结果\n7,成功\n８,成功\n", "账号,结果\n7,成功\n"):
        with pytest.raises(UnableToReadAnswers):
            read_answers(broken)

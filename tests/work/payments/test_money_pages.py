"""What follows a run, in pages and by the people who do it: accounts, differences, floats, samples, ledger."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from builders import DISTRICT, STREET_CAIHE
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments import operations as payments
from minsheng.work.payments.bank import Answer
from minsheng.work.payments.models import Float, FloatDraw, FollowUp, Grant, Line, Recalculation, Sample, SampleLine
from minsheng.work.payments.pages.forms import UnableToReadAmount, fen_of
from minsheng.work.payments.types import FloatUse, NewDraw, Outcome
from work.payments.payments_office import NOVEMBER, Office, decision, granted, home, new_grant, open_office, seen_by
from work.payments.test_runs import released

SCHEME = "minimum_living_allowance"


@pytest.fixture
def office(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(timezone, "now", lambda: at)
    return open_office(at=at)


def browser(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def shown(viewer: Viewer, path: str) -> str:
    answer = browser(viewer).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def posted(viewer: Viewer, path: str, **fields: object) -> str:
    answer = browser(viewer).post(path, fields, follow=True)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def answered(office: Office, at: datetime, run: int, outcomes: list[Outcome]) -> None:
    payments.hand_over(actor=office.cashier, at=at, run_id=run)
    with seen_by(office.business, at):
        lines = list(Line.objects.filter(run_id=run, state="sent").order_by("id").values_list("id", flat=True))
    answers = [Answer(line, outcome, "户名不符") for line, outcome in zip(lines, outcomes, strict=True)]
    payments.receive_answers(actor=office.cashier, at=at, run_id=run, answers=answers)


@pytest.mark.django_db
def test_what_came_back_is_followed_up_by_two_people(office: Office, at: datetime) -> None:
    assert "没有等着办的事" in shown(office.intake, "/payments/desk/")
    page = posted(office.accountant, "/payments/ledger/budget/", scheme=SCHEME, amount="10,000", voucher="1")
    assert "专项资金还有 10,000.00 元" in page
    assert "已经登记过" in posted(
        office.accountant, "/payments/ledger/budget/", scheme=SCHEME, amount="10,000", voucher="1"
    )
    for name in "甲乙":
        granted(office, at, f"钟阿{name}")
    run = released(office, at)
    answered(office, at, run, [Outcome.RETURNED, Outcome.UNKNOWN])
    assert "2 笔发放要跟进" in shown(office.intake, "/payments/follow-ups/")
    unknown = shown(office.intake, "/payments/follow-ups/?kind=unknown")
    assert "不会重发" in unknown
    assert ">办结<" not in unknown, "what is unknown closes by the bank's own word only"
    with seen_by(office.business, at):
        work = FollowUp.objects.get(kind="returned")
        grant = Line.objects.get(pk=work.line_id).grant_id
    where = f"/payments/grants/{grant}/"
    page = posted(
        office.intake,
        f"{where}account/",
        holder="钟阿甲",
        bank="演示银行",
        number="6228 4800 0000 0000 4321",
        basis="存折",
    )
    assert "新账户等审核" in page
    assert "**** **** **** 4321" in page
    assert "62284800" not in page
    assert "要是 12 到 30 位数字" in posted(
        office.intake, f"{where}account/", holder="钟", bank="行", number="12", basis="存折"
    )
    assert "收款账户可用" in posted(office.street_review, f"{where}approve/")
    assert "写明核实的结果" in posted(office.intake, f"/payments/follow-ups/{work.pk}/", result=" ")
    assert "已办结" in posted(office.intake, f"/payments/follow-ups/{work.pk}/", result="换了银行卡")
    page = shown(office.leader, "/payments/ledger/")
    assert "账平：各账户合计 0.00 元" in page
    assert "银行回盘" in shown(office.leader, "/payments/ledger/returned/entries/")
    assert browser(office.leader).get("/payments/ledger/pocket/entries/").status_code == 404
    assert "个月" in shown(office.leader, "/payments/forecast/")
    assert browser(office.intake).get("/payments/forecast/").status_code == 403


@pytest.mark.django_db
def test_too_much_is_confirmed_by_another_person_and_paid_back(office: Office, at: datetime) -> None:
    payments.book_budget(actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000, reference="1")
    lives = home(office, at, "钟阿水")
    payments.open_grant(actor=office.business, at=at, grant=new_grant(lives, "D-1", fen=100_000, person=True))
    run = released(office, at)
    answered(office, at, run, [Outcome.PAID])
    payments.stop_for_death(actor=office.system, at=at, person_id=lives.person_id, death_date=date(2026, 10, 9))
    assert "1 项差额等待确认" in shown(office.confirm, "/payments/differences/")
    with seen_by(office.business, at):
        change = Recalculation.objects.get()
    where = f"/payments/differences/{change.pk}/"
    assert "多发 1,000.00 元，等待确认" in shown(office.accountant, where)
    assert "请写决定编号和理由" in posted(office.confirm, f"{where}confirm/", decision="", reason="", months="12")
    page = posted(office.confirm, f"{where}confirm/", decision="R-1", reason="去世后多发", months="12")
    assert "还要追回 1,000.00 元" in page
    assert "1 项正在追回" in shown(office.accountant, "/payments/recoveries/")
    assert "请填金额" in posted(office.accountant, f"{where}repay/", amount="一千", voucher="V-1")
    assert "还要追回 600.00 元" in posted(office.accountant, f"{where}repay/", amount="400", voucher="V-1")
    assert "已全部追回" in posted(office.accountant, f"{where}repay/", amount="600.00", voucher="V-2")
    assert "户号" in shown(office.accountant, "/payments/recoveries/?state=closed")
    assert "不是等待确认" not in posted(office.confirm, f"{where}dismiss/", reason="再看")
    assert browser(office.confirm).get("/payments/differences/999999/").status_code == 404


@pytest.mark.django_db
def test_a_float_by_five_people(office: Office, at: datetime) -> None:
    payments.book_budget(
        actor=office.accountant, at=at, area_id=DISTRICT, scheme="emergency_assistance", fen=9_000_000, reference="1"
    )
    assert "这里没有备用金" in shown(office.intake, "/payments/floats/")
    assert "采荷街道" in posted(office.accountant, "/payments/floats/open/", area=STREET_CAIHE)
    with seen_by(office.business, at):
        where = f"/payments/floats/{Float.objects.get().pk}/"
    assert "最多还能补 50,000.00 元" in posted(office.accountant, f"{where}fill/", amount="60,000", voucher="V-1")
    assert "账上 40,000.00 元" in posted(office.accountant, f"{where}fill/", amount="40,000", voucher="V-1")
    later = (at + timedelta(days=9)).date()
    assert "新的限额已登记" in posted(
        office.accountant, f"{where}ceiling/", ceiling="60000", case="3000", since=later.isoformat(), basis="文件"
    )
    assert "从哪一天起" in posted(office.accountant, f"{where}ceiling/", ceiling="1", case="1", since="", basis="文件")
    lives = home(office, at, "钟阿水")
    told = NewDraw(decision("U-1"), FloatUse.AID_FIRST, "emergency_assistance", lives.household_id, None, 80_000)
    payments.ask_float(actor=office.confirm, at=at, draw=told)
    with seen_by(office.business, at):
        draw = FloatDraw.objects.get()
    assert "1 笔等着付" in shown(office.intake, where)
    assert "收据号" in posted(office.intake, f"{where}draws/{draw.pk}/pay/", receipt="")
    assert "账上 39,200.00 元" in posted(office.intake, f"{where}draws/{draw.pk}/pay/", receipt="R-1")
    assert "已经付过或撤回" in posted(office.intake, f"{where}draws/{draw.pk}/withdraw/", reason="不要了")
    assert browser(office.intake).post(f"{where}draws/999999/pay/").status_code == 404
    assert "请写明差额的原因" in posted(office.street_review, f"{where}count/", counted="39,180.00", note="")
    assert "等另一个" in posted(office.street_review, f"{where}count/", counted="39,180.00", note="少二十元")
    page = posted(office.confirm, f"{where}confirm/")
    assert "账上 39,180.00 元" in page
    assert "备用金盘点差额" in page
    assert "都够用" in shown(office.leader, "/payments/floats/")


@pytest.mark.django_db
def test_a_sample_is_asked_and_closed(office: Office, at: datetime) -> None:
    payments.book_budget(actor=office.accountant, at=at, area_id=DISTRICT, scheme=SCHEME, fen=1_000_000, reference="1")
    for name in "甲乙":
        granted(office, at, f"钟阿{name}")
    run = released(office, at)
    answered(office, at, run, [Outcome.PAID, Outcome.PAID])
    assert "还没有可以抽查的" in shown(office.business, "/payments/samples/")
    payments.settle_run(actor=office.accountant, at=at, run_id=run)
    assert "还没有抽查" in shown(office.business, "/payments/samples/")
    assert "还有 2 人要问" in posted(office.business, f"/payments/samples/draw/{run}/")
    with seen_by(office.business, at):
        sample, lines = Sample.objects.get(), list(SampleLine.objects.values_list("id", flat=True))
    assert "还有 2 人没有问到" in posted(office.business, f"/payments/samples/{sample.pk}/close/")
    for line in lines:
        assert "请选择问到的结果" in posted(office.intake, f"/payments/samples/lines/{line}/", result="maybe")
        assert "已记下" in posted(office.intake, f"/payments/samples/lines/{line}/", result="confirmed")
    assert "2 人里 0 人有出入" in posted(office.business, f"/payments/samples/{sample.pk}/close/")
    assert "看没问的" in shown(office.intake, "/payments/samples/?show=all").replace("只看没问的", "看没问的")
    assert browser(office.business).post("/payments/samples/draw/999999/").status_code == 404


def test_amounts_are_read_in_yuan() -> None:
    assert [fen_of(text) for text in ("1,200.50", " 3 ", "0", "2，000")] == [120_050, 300, 0, 200_000]
    for wrong in ("", "x", "1.234", "-1", "1e30", "NaN", "Infinity"):
        with pytest.raises(UnableToReadAmount):
            fen_of(wrong)


@pytest.mark.django_db
def test_a_grant_that_is_not_there(office: Office, at: datetime) -> None:
    granted(office, at, "钟阿水", account=None)
    with seen_by(office.business, at):
        grant = Grant.objects.get().pk
    assert "还没有收款账户" in shown(office.leader, f"/payments/grants/{grant}/")
    assert browser(office.leader).get("/payments/grants/999999/").status_code == 404
    assert "每月金额" in shown(office.leader, f"/payments/grants/{grant}/")
    assert NOVEMBER.isoformat() == "2026-11-01"

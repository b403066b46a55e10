"""The pages through all middleware: who gets in, preview before saving, errors that keep what was typed."""

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import include, path

import builders
from minsheng.config import urls as site
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.calendars import operations, queries
from minsheng.foundation.calendars.announcement import text_of_days
from minsheng.foundation.calendars.reference import reference_days

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [path("", include("minsheng.foundation.calendars.pages.urls")), *site.urlpatterns]
handler400, handler403, handler404, handler500 = (
    site.handler400,
    site.handler403,
    site.handler404,
    site.handler500,
)
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知（测试用）"
TEXT_2027 = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。
五、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。
"""


@pytest.fixture
def officer(client: Client, at: datetime) -> Client:
    """This fixture will be the browser of an officer of the bureau, with the reference years loaded."""
    builders.plant_small_tree()
    viewer = builders.staff(at=at, role="district_business", area_id=builders.DISTRICT, valid_from=date(2020, 1, 1))
    operations.load_reference_years(actor=viewer, at=at)
    client.force_login(Account.objects.get(id=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_says_which_year_is_missing_and_leads_to_entering_it(officer: Client) -> None:
    page = officer.get("/calendars/").content.decode()
    assert "2026 年" in page
    assert "国务院办公厅历年放假通知" in page


def test_a_year_shows_its_days_and_an_unknown_year_is_not_found(officer: Client) -> None:
    page = officer.get("/calendars/2026/").content.decode()
    assert "2026年10月10日（星期六）" in page
    assert officer.get("/calendars/2027/").status_code == 404


def test_pasting_previews_first_and_saves_at_the_second_button(officer: Client) -> None:
    form = {"year": "2027", "source": NOTICE, "text": TEXT_2027, "act": "preview"}
    previewed = officer.post("/calendars/enter/", form)
    assert "请核对，2027 年放假 25 天，调休上班 1 天" in previewed.content.decode()
    assert queries.year_view(year=2027) is None
    seen = {**form, "act": "save", "previewed": previewed.context["preview"].fingerprint}
    unseen = officer.post(
        "/calendars/enter/", {**seen, "text": TEXT_2027.replace("五、", "六、").replace("7日（周四）", "8日（周五）")}
    )
    assert queries.year_view(year=2027) is None  # changed after the preview: shown again, not saved
    assert unseen.status_code == 200
    saved = officer.post("/calendars/enter/", seen, follow=True)
    assert saved.redirect_chain == [("/calendars/2027/", 302)]
    assert "已保存（第 1 版）" in saved.content.decode()
    shown = queries.year_view(year=2027)
    assert shown is not None
    assert (len(shown.days), shown.source) == (26, NOTICE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": TEXT_2027.replace("1月31日（周日）", "1月30日（周日）")}, "2027-01-30 是周六，文中写的是周日"),
        ({"text": TEXT_2027.replace("1月31日（周日）", "1月29日")}, "本来就是工作日"),
        ({"text": TEXT_2027.splitlines()[0]}, "至少 13 天"),
        ({"source": ""}, "请写明依据的通知名称和文号"),
        ({"year": "二七"}, "年份请填四位数字"),
    ],
)
def test_a_wrong_text_is_not_saved_and_stays_in_the_form(officer: Client, change: dict[str, str], said: str) -> None:
    previewed = officer.post("/calendars/enter/", {"year": "2027", "source": NOTICE, "text": TEXT_2027})
    fingerprint = previewed.context["preview"].fingerprint
    form = {"year": "2027", "source": NOTICE, "text": TEXT_2027, "act": "save", "previewed": fingerprint, **change}
    page = officer.post("/calendars/enter/", form).content.decode()
    assert said in page
    assert "清明节" in page or "text" in change
    assert queries.year_view(year=2027) is None


def test_correcting_a_year_begins_with_its_present_days_and_shows_what_changes(officer: Client) -> None:
    page = officer.get("/calendars/enter/?year=2026").content.decode()
    assert "2026-10-10 上班 国庆节" in page
    text = text_of_days([day for day in reference_days()[2026] if day.date != date(2026, 10, 10)])
    previewed = officer.post("/calendars/enter/", {"year": "2026", "source": NOTICE, "text": text, "act": "preview"})
    assert "去掉的是：2026年10月10日（星期六）上班" in previewed.content.decode()


@pytest.mark.parametrize("address", ["/calendars/", "/calendars/2026/", "/calendars/enter/"])
def test_only_the_right_opens_the_pages(officer: Client, at: datetime, address: str) -> None:
    assert officer.get(address).status_code == 200
    other = Client()
    assert other.get(address).status_code == 302
    worker = builders.staff(
        at=at, role="community_worker", area_id=builders.COMMUNITY_QINGHE, valid_from=date(2020, 1, 1)
    )
    other.force_login(Account.objects.get(id=worker.account_id), "django.contrib.auth.backends.ModelBackend")
    assert other.get(address).status_code == 403
    assert other.post(address, {}).status_code == 403


def test_statements_per_page(officer: Client, django_assert_max_num_queries: object) -> None:
    officer.get("/calendars/")  # the first page of a sign-in notes where it is from
    for address, most in (("/calendars/", 12), ("/calendars/2026/", 12), ("/calendars/enter/?year=2026", 12)):
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            officer.get(address)

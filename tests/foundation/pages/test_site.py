"""Pages, fragments, headers and error pages of the demo site, under the product's own middleware."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from minsheng.foundation.pages.chips import chip_row, clear_url, kept
from minsheng.foundation.pages.progress import Progress, ProgressState

pytestmark = pytest.mark.usefixtures("demo_site")
SignIn = Callable[[Client], Client]


@pytest.mark.django_db
def test_base_page_shows_menu_by_capability_and_post(client: Client, sign_in: SignIn) -> None:
    html = sign_in(client).get("/list").content.decode()
    menu = re.findall(r'<a class="nav-link" href="([^"]+)"( aria-current="page")?', html)
    assert menu == [("/list", ' aria-current="page"'), ("/why", ""), ("/empty", ""), ("/form", ""), ("/job", "")]
    assert "采荷街道・社区工作者" in html
    assert "发放" not in html
    assert "data-search" in html
    assert 'hx-headers=\'{"X-CSRFToken"' in html


@pytest.mark.django_db
def test_headers_of_a_signed_in_page(client: Client, sign_in: SignIn) -> None:
    response = sign_in(client).get("/list")
    headers = response.headers
    assert "no-store" in headers["Cache-Control"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
    again = client.get("/list", headers={"X-Request-ID": "mine"})
    assert again.headers["X-Request-ID"] not in ("mine", headers["X-Request-ID"])


@pytest.mark.django_db
def test_public_page_may_be_cached(client: Client) -> None:
    assert "Cache-Control" not in client.get("/elder").headers


@pytest.mark.django_db
def test_the_same_view_gives_page_or_fragment(client: Client, sign_in: SignIn) -> None:
    sign_in(client)
    whole, part = client.get("/list"), client.get("/list", headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert part.content.decode().startswith('<div class="card">')
    assert "HX-Request" in part.headers["Vary"]
    assert "<html" in client.get("/list", headers={"HX-Request": "true", "HX-Boosted": "true"}).content.decode()
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get("/list", headers=restored).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("not-allowed", 403, "您的岗位（社区工作者）没有这项权限"),
        ("denied", 403, "您的岗位没有这项权限"),
        ("missing", 404, "没有找到这一页"),
        ("database", 503, "暂时办不了"),
        ("other", 500, "是我们的问题"),
    ],
)
def test_error_pages_tell_the_story(client: Client, sign_in: SignIn, kind: str, status: int, says: str) -> None:
    client.raise_request_exception = False
    response = sign_in(client).get(f"/fail/{kind}")
    html = response.content.decode()
    assert response.status_code == status
    assert says in html
    for part in ("发生了什么", "您的数据", "现在怎么办", response.headers["X-Request-ID"]):
        assert part in html
    assert "secret" not in html
    assert "Traceback" not in html
    assert "Content-Security-Policy" in response.headers


@pytest.mark.django_db
def test_a_resident_is_told_in_a_resident_s_words(client: Client) -> None:
    told = client.get("/my/nowhere/").content.decode()
    assert 'class="elder"' in told
    assert "小心受骗" in told
    assert 'href="/my/">回到首页' in told
    assert 'href="tel:12345"' in told
    assert "同事" not in told
    staff = client.get("/nowhere/").content.decode()  # the control
    assert "同事" in staff
    assert "elder" not in staff


@pytest.mark.django_db
def test_foreign_page_token_is_refused_with_a_way_on(client: Client, sign_in: SignIn) -> None:
    response = sign_in(client).get("/list?page=forged")
    assert response.status_code == 400
    assert "请从第一页重新看" in response.content.decode()


@pytest.mark.django_db
def test_old_form_token_is_explained(sign_in: SignIn) -> None:
    client = sign_in(Client(enforce_csrf_checks=True))
    response = client.post("/form", {"name": "林阿珍"})
    assert response.status_code == 403
    assert "这一页放得太久" in response.content.decode()


@pytest.mark.django_db
def test_form_errors_stand_above_and_beside_and_keep_the_input(client: Client, sign_in: SignIn) -> None:
    response = sign_in(client).post("/form", {"name": "林阿珍", "note": "<b>来电</b>"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "有几处需要改正" in html
    assert html.index("有几处需要改正") < html.index('<label class="form-label"')
    for target in re.findall(r'<li><a href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_kind-error"' in html
    assert 'value="林阿珍"' in html
    assert "&lt;b&gt;来电" in html


@pytest.mark.django_db
def test_htmx_after_the_session_ended_leads_the_whole_browser_to_sign_in(client: Client, settings: object) -> None:
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

    from minsheng.foundation.pages.middleware import lead_to_sign_in

    request = HttpRequest()
    request.META |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80", "HTTP_HX_REQUEST": "true"}
    request.META["HTTP_HX_CURRENT_URL"] = "http://testserver/form?a=1"
    from django.urls import reverse

    sign_in_url = reverse("account_login")
    answer = lead_to_sign_in(request, HttpResponseRedirect(f"{sign_in_url}?next=/rows"))
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"{sign_in_url}?next=http%3A%2F%2Ftestserver%2Fform%3Fa%3D1"
    request.META["HTTP_HX_CURRENT_URL"] = "http://evil.example/"
    del request.headers
    assert lead_to_sign_in(request, HttpResponseRedirect(sign_in_url)).headers["HX-Redirect"].endswith("next=%2F")
    elsewhere = HttpResponseRedirect("/elsewhere")
    assert lead_to_sign_in(request, elsewhere) is elsewhere
    plain = HttpResponse()
    assert lead_to_sign_in(request, plain) is plain


@pytest.mark.django_db
def test_explanation_puts_a_word_beside_the_colour_and_escapes(client: Client, sign_in: SignIn) -> None:
    html = sign_in(client).get("/why").content.decode()
    lines = re.findall(r'<li class="why-(\w+)">\s*<p class="why-line"><span class="why-word">(\S+)</span>', html)
    assert lines == [("holds", "符合"), ("info", "计算"), ("fails", "不符合"), ("unknown", "还缺"), ("unknown", "还缺")]
    assert "&lt;b&gt;没见过的状态" in html
    assert "疑点：上限未查到文件" in html


@pytest.mark.django_db
def test_chart_has_a_table_with_unknown_as_unknown(client: Client, sign_in: SignIn) -> None:
    html = sign_in(client).get("/why").content.decode()
    assert '<td class="number">120</td><td class="number">100</td>' in html
    assert '<td class="number">98</td><td class="number">未知</td>' in html
    assert '<div id="chart-seen" hidden>{&quot;title&quot;:' in html


@pytest.mark.django_db
def test_progress_says_what_is_done_and_admits_interruption(client: Client, sign_in: SignIn) -> None:
    running = sign_in(client).get("/job").content.decode()
    assert "已办 34,000 / 130,000（26%），每秒约100条，还要约16分钟；" in re.sub(r"\s+", "", running).replace(
        "已办34,000/130,000", "已办 34,000 / 130,000"
    )
    assert "12 条有错" in running
    assert 'hx-trigger="every 2s"' in running
    dead = client.get("/job?dead=1").content.decode()
    assert "中断，可继续" in dead
    assert "继续办" in dead
    done = client.get("/job?state=finished").content.decode()
    assert "hx-get" not in done
    assert "已完成" in done


def test_progress_edges(at: datetime) -> None:
    waiting = Progress(ProgressState.WAITING, 0, None, 0, None, None, at)
    assert (waiting.percent, waiting.rate_label, waiting.time_left_label, waiting.moving) == (None, "", "", True)
    begun = at - timedelta(seconds=1)
    assert Progress(ProgressState.RUNNING, 0, 10, 0, begun, None, at).shown_state is ProgressState.RUNNING
    assert Progress(ProgressState.RUNNING, 999, 1000, 0, begun, at, at).percent == 99
    silent = Progress(ProgressState.RUNNING, 1, 10, 0, at - timedelta(hours=1), None, at)
    assert silent.shown_state is ProgressState.INTERRUPTED


def test_chips_keep_the_other_filters_and_drop_the_page() -> None:
    query = QueryDict("area=1&q=林&page=abc&kind=person")
    areas = chip_row(query=query, parameter="area", label="街道", options=[("1", "采荷"), ("2", "清波")], several=True)
    assert [c.active for c in areas.chips] == [True, False]
    assert QueryDict(areas.chips[0].url[1:]) == QueryDict("q=林&kind=person")
    assert QueryDict(areas.chips[1].url[1:]).getlist("area") == ["1", "2"]
    one = chip_row(query=query, parameter="kind", label="", options=[("person", "人"), ("system", "系统")])
    assert QueryDict(one.chips[1].url[1:]).getlist("kind") == ["system"]
    assert QueryDict(clear_url(query, parameters=["area", "kind"])[1:]) == QueryDict("q=林")
    assert clear_url(QueryDict("q=1"), parameters=["area"]) == ""
    assert kept(query, except_for=["q"]) == [("area", "1"), ("kind", "person")]

"""A tiny site that uses every part of the pages room, for tests and for looking at it in a browser."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from ninja import Query, Schema

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.api.factory import PageOut, PageQuery, make_api, page_of, page_out
from minsheng.foundation.pages.charts import Chart, Series
from minsheng.foundation.pages.chips import chip_row, clear_url
from minsheng.foundation.pages.htmx import page_or_fragment
from minsheng.foundation.pages.paging import keyset_page
from minsheng.foundation.pages.progress import Progress, ProgressState

AT = datetime(2026, 11, 3, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
NODES = [
    {
        "label": "收入低于标准",
        "text": "人均 500.00 元 ＜ 1,102.00 元",
        "state": "holds",
        "basis": "《最低生活保障审核确认办法》第八条",
        "margin": "再多收入 602.00 元/人即不符合",
        "children": [
            {
                "label": "家庭人均月收入",
                "text": "18,000.00 元 ÷ 12 ÷ 3 人",
                "state": "info",
                "source": "社保代扣 2020-11-30（可信）",
            }
        ],
    },
    {"label": "财产", "text": "存款超过上限", "state": "fails", "basis": "演示参数", "doubt": "上限未查到文件"},
    {"label": "女儿（19 岁）是否全日制在读？", "text": "", "state": "unknown"},
    {"label": "<b>没见过的状态</b>", "text": "", "state": "brand-new"},
]
CHART = Chart(
    "seen",
    "各街道本月走访户数",
    "bar",
    "街道",
    ["清波", "湖滨", "采荷"],
    [Series("计划", [120, 98, 210]), Series("完成", [100, None, 205])],
    "户",
    "数据截至 2026年11月3日",
)


class VisitForm(forms.Form):
    name = forms.CharField(label="姓名", max_length=25, help_text="按证件上的写，用来核对是不是同一个人。")
    kind = forms.ChoiceField(label="走访原因", choices=[("", "请选择"), ("a", "定期走访"), ("b", "来电求助")])
    ways = forms.MultipleChoiceField(
        label="怎么联系", choices=[("t", "电话"), ("d", "上门")], widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="本人同意核对家庭经济状况")


def rows(request: HttpRequest) -> HttpResponse:
    page = keyset_page(Account.objects.order_by(), order=("username", "id"), token=request.GET.get("page"), size=5)
    options = [("person", "工作人员"), ("system", "系统")]
    context = {
        "page": page,
        "rows": [
            chip_row(query=request.GET, parameter="kind", label="类别", options=options, counts={"person": 1_204}),
            chip_row(
                query=request.GET, parameter="area", label="街道", options=[("1", "采荷"), ("2", "清波")], several=True
            ),
        ],
        "clear_url": clear_url(request.GET, parameters=["kind", "area"]),
    }
    return page_or_fragment(request, page="demo/list.html", fragment="demo/_rows.html", context=context)


def form(request: HttpRequest) -> HttpResponse:
    filled = VisitForm(request.POST or None)
    if request.method == "POST" and filled.is_valid():
        messages.success(request, "走访计划已交到采荷街道，11月10日前上门。")
        return render(request, "demo/empty.html")
    status = 422 if request.method == "POST" else 200
    return render(request, "demo/form.html", {"form": filled}, status=status)


def job(request: HttpRequest) -> HttpResponse:
    state = ProgressState(request.GET.get("state", "running"))
    heartbeat = AT - (timedelta(minutes=5) if "dead" in request.GET else timedelta(seconds=2))
    progress = Progress(state, 34_000, 130_000, 12, AT - timedelta(seconds=340), heartbeat, AT)
    context = {
        "progress": progress,
        "title": "导入残联名单",
        "progress_url": request.get_full_path(),
        "resume_url": "/job",
    }
    return page_or_fragment(request, page="demo/job.html", fragment="pages/progress.html", context=context)


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    match kind:
        case "not-allowed":
            require(viewer=request.viewer, capability="payments.release")  # type: ignore[attr-defined]
        case "denied":
            raise PermissionDenied
        case "missing":
            raise Http404
        case "database":
            raise OperationalError("secret-host refused")
    raise RuntimeError("secret detail")


class AccountOut(Schema):
    username: str


class VisitIn(Schema):
    households: int
    note: str = ""


api = make_api(title="示例", version="1", namespace="demo-api")


@api.get("/accounts", response=PageOut[AccountOut])
def accounts(request: HttpRequest, query: Query[PageQuery]) -> dict[str, object]:
    page = page_of(Account.objects.order_by(), order=("username", "id"), query=query)
    return page_out(page, list(page.rows))


@api.post("/visits")
def visits(request: HttpRequest, body: VisitIn) -> dict[str, int]:
    return {"households": body.households}


@api.get("/fail/{kind}")
def api_fail(request: HttpRequest, kind: str) -> dict[str, str]:
    if kind == "half-done":
        Account.objects.create(username="half-done", display_name="x", kind="person", created_at=AT)
        raise RuntimeError("secret detail")
    fail(request, kind)
    return {}


urlpatterns = [
    path("accounts/", include("minsheng.foundation.entrance.pages.urls")),
    path("list", rows, name="list"),
    path("why", lambda r: render(r, "demo/why.html", {"nodes": NODES, "chart": CHART}), name="why"),
    path("form", form, name="form"),
    path("job", job, name="job"),
    path("empty", lambda r: render(r, "demo/empty.html"), name="empty"),
    path("elder", lambda r: render(r, "demo/elder.html"), name="elder"),
    path("fail/<str:kind>", fail, name="fail"),
    path("api/", api.urls),
]
handler400 = "minsheng.foundation.pages.views.bad_request"
handler403 = "minsheng.foundation.pages.views.permission_denied"
handler404 = "minsheng.foundation.pages.views.page_not_found"
handler500 = "minsheng.foundation.pages.views.server_error"

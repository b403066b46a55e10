from django.http import Http404, HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.foundation.pages.wording import yuan
from minsheng.work.payments.queries import runs as queries
from minsheng.work.payments.queries.runs import RunView
from minsheng.work.payments.rules.months import first_of, plus
from minsheng.work.payments.types import FileState, RunState


@staff_page(capability="payments.view_runs")
def index(request: StaffRequest) -> HttpResponse:
    """This function will list the months' runs, and offer to compile this month or the next."""
    rows = queries.runs(viewer=request.viewer)
    month = first_of(request.at.date())
    context = {
        "rows": rows,
        "unsettled": [row for row in rows if row.state is not RunState.SETTLED],
        "months": (month, plus(month, 1)),
        "may_compile": request.viewer.can("payments.compile"),
    }
    return render(request, "payments/runs.html", context)


@staff_page(capability="payments.view_runs")
def run(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will show one run: how much, what is in the way, who stood for it, and the next step."""
    view = queries.run_view(viewer=request.viewer, run_id=run_id)
    if view is None:
        raise Http404("没有这一批发放，或不在您的管辖范围。")
    steps = ("compile", "sign", "release", "receive", "settle")
    context = {
        "run": view,
        "heading": heading_of(view),
        "next": next_of(view),
        "may": {name: request.viewer.can(f"payments.{name}") for name in steps},
        "may_open": request.viewer.can("registry.view_person"),
    }
    return render(request, "payments/run.html", context)


def heading_of(view: RunView) -> str:
    """This function will say where the money of the month stands."""
    month = f"{view.month.year}年{view.month.month}月"
    money = f"{view.totals.lines:,} 笔、{yuan(view.totals.total_fen)} 元"
    match view.state:
        case RunState.COMPILED if view.open_reviews:
            return f"{month}：还有 {view.open_reviews} 条检查要先核实"
        case RunState.COMPILED if view.fund_short:
            return f"{month}：专项资金不够，不能锁定"
        case RunState.COMPILED:
            return f"{month}：{money}，可以锁定"
        case RunState.LOCKED:
            return f"{month}：{money}，等待签字"
        case RunState.SIGNED:
            return f"{month}：{money}，签字齐全，可以出银行文件"
        case RunState.RELEASED if view.file is not None and view.file.state is not FileState.SENT:
            return f"{month}：银行文件已生成，还没有送到银行"
        case RunState.RELEASED if view.unanswered:
            return f"{month}：还有 {view.unanswered:,} 笔银行没有答复"
        case RunState.RELEASED:
            return f"{month}：银行都已答复，可以对账"
    return f"{month}：已对账，{money}全部有着落"


def next_of(view: RunView) -> str:
    """This function will say what comes next and who does it."""
    if view.state is RunState.RELEASED:
        if view.file is not None and view.file.state is not FileState.SENT:
            return "下一步：出纳下载银行文件，送到银行，再登记“银行已收”。"
        if view.unanswered:
            return "下一步：出纳上传银行的回盘文件。没有答复的不会重发。"
        return "下一步：会计对账。文件、账和每一笔都一致才能办结。"
    signed = sum(duty.act == "签字" for duty in view.duties)
    return {
        RunState.COMPILED: "下一步：业务科核实检查结果，然后锁定。锁定后金额不再变。",
        RunState.LOCKED: f"下一步：还差 {max(0, (view.needed or 1) - signed)} 个人签字。编制的人不能签。",
        RunState.SIGNED: "下一步：出纳出银行文件。同一批只会生成一份。",
        RunState.SETTLED: "这一批办完了。银行退回的钱，在“待跟进”办结后编进下一批。",
    }[view.state]

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.chips import PAGE_PARAMETER, chip_row
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act
from minsheng.work.payments.queries.desk import desk
from minsheng.work.payments.queries.followups import follow_up_exists, open_follow_ups
from minsheng.work.payments.types import FollowUpKind


@staff_page(capability="payments.work")
def index(request: StaffRequest) -> HttpResponse:
    """This function will show what waits in payments for this viewer, each with the page where it is done."""
    waits = desk(viewer=request.viewer, on=request.at.date())
    rows: list[tuple[str, str, int | None, str, str]] = [
        (
            "待跟进的发放",
            "退回、暂扣、结果不明的，和要换领款人的",
            waits.follow_ups,
            "笔",
            reverse("payments:follow_ups"),
        ),
        (
            "多发少发",
            "消息到了以后重新计算，等人确认",
            waits.differences,
            "项",
            reverse("payments:differences"),
        ),
        ("追回", "分期扣回或本人退回，还没追完的", waits.recoveries, "项", reverse("payments:recoveries")),
        ("备用金待付", "已决定、等人付款的急难救助", waits.draws, "笔", reverse("payments:floats")),
        ("备用金待盘点", "本月还没有两人盘点的", waits.floats_uncounted, "处", reverse("payments:floats")),
        ("抽查待核实", "抽到的人，问一问钱收到没有", waits.sample_lines, "人", reverse("payments:samples")),
    ]
    if waits.runs is not None:
        rows.insert(0, ("每月发放", "编制、签字、送银行、对账", waits.runs, "批没办完", reverse("payments:runs")))
        rows.insert(
            1,
            (
                "一次性救助待发",
                "备用金付不了的，编制下一批时编入；等不及的，本月加编一批",
                waits.relief,
                "笔",
                reverse("payments:runs"),
            ),
        )
        rows.append(("资金预测", "今后 12 个月要多少钱，够不够", None, "", reverse("payments:forecast")))
        rows.append(("账", "每个账户有多少钱，由哪些分录来", None, "", reverse("payments:accounts")))
    return render(request, "payments/desk.html", {"rows": rows, "waits": waits})


@staff_page(capability="payments.work")
def follow_ups(request: StaffRequest) -> HttpResponse:
    """This function will list open work of one kind or of all, oldest first."""
    named = request.GET.get("kind", "")
    kind = FollowUpKind(named) if named in set(FollowUpKind) else None
    page = open_follow_ups(viewer=request.viewer, kind=kind, token=request.GET.get(PAGE_PARAMETER))
    chips = chip_row(
        query=request.GET,
        parameter="kind",
        label="哪一种",
        options=[(one.value, one.label) for one in FollowUpKind],
        counts={one.value: number for one, number in page.counts.items()},
    )
    context = {
        "page": page,
        "chips": [chips],
        "may_close": request.viewer.can("payments.follow_up"),
        "may_open": request.viewer.can("registry.view_person"),
        "may_grant": request.viewer.can("payments.edit_account") or request.viewer.can("payments.approve_account"),
    }
    return render(request, "payments/follow_ups.html", context)


@staff_page(capability="payments.follow_up", methods=("POST",))
def close_follow_up(request: StaffRequest, follow_up_id: int) -> HttpResponse:
    """This function will close one piece of work with what was found out."""
    if not follow_up_exists(viewer=request.viewer, follow_up_id=follow_up_id):
        raise Http404("没有这件事，或不在您的管辖范围。")

    def done() -> None:
        operations.close_follow_up(
            actor=request.viewer,
            at=request.at,
            follow_up_id=follow_up_id,
            result=request.POST.get("result", ""),
        )

    return act(request, done, said="已办结，编制下一批时补发。", back="payments:follow_ups")

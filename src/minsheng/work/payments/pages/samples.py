from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.chips import PAGE_PARAMETER
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act
from minsheng.work.payments.queries import samples as queries
from minsheng.work.payments.queries.runs import run_exists
from minsheng.work.payments.types import SampleResult


@staff_page(capability="payments.work")
def index(request: StaffRequest) -> HttpResponse:
    """This function will list samples, whom to ask in the viewer's areas, and the settled runs that have none."""
    rows, undrawn = queries.samples(viewer=request.viewer)
    everybody = request.GET.get("show") == "all"
    context = {
        "rows": rows,
        "undrawn": undrawn,
        "page": queries.asked(viewer=request.viewer, only_open=not everybody, token=request.GET.get(PAGE_PARAMETER)),
        "everybody": everybody,
        "results": list(SampleResult),
        "may_draw": request.viewer.can("payments.draw_sample"),
        "may_verify": request.viewer.can("payments.verify"),
        "may_open": request.viewer.can("registry.view_person"),
    }
    return render(request, "payments/samples.html", context)


@staff_page(capability="payments.draw_sample", methods=("POST",))
def draw(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will draw the sample of a settled run."""
    if not run_exists(viewer=request.viewer, run_id=run_id):
        raise Http404("没有这一批发放，或不在您的管辖范围。")

    def done() -> None:
        operations.draw_sample(actor=request.viewer, at=request.at, run_id=run_id)

    return act(request, done, said="已抽取。下一步：逐个问钱收到没有。", back=reverse("payments:samples"))


@staff_page(capability="payments.verify", methods=("POST",))
def answer(request: StaffRequest, sample_line_id: int) -> HttpResponse:
    """This function will note what a recipient said."""
    if not queries.was_drawn(viewer=request.viewer, sample_line_id=sample_line_id):
        raise Http404("没有抽到这一笔，或不在您的管辖范围。")
    said = request.POST.get("result", "")

    def done() -> None:
        if said not in set(SampleResult):
            raise operations.UnableToSample("请选择问到的结果。")
        operations.note_answer(
            actor=request.viewer,
            at=request.at,
            sample_line_id=sample_line_id,
            result=SampleResult(said),
            note=request.POST.get("note", ""),
        )

    return act(request, done, said="已记下。", back=reverse("payments:samples"))


@staff_page(capability="payments.draw_sample", methods=("POST",))
def close(request: StaffRequest, sample_id: int) -> HttpResponse:
    """This function will close a sample once everybody was asked."""
    if queries.sample_row(viewer=request.viewer, sample_id=sample_id) is None:
        raise Http404("没有这次抽查，或不在您的管辖范围。")

    def done() -> None:
        operations.close_sample(actor=request.viewer, at=request.at, sample_id=sample_id)

    return act(request, done, said="抽查已办结。", back=reverse("payments:samples"))

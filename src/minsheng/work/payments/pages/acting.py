"""One view for each act on a run: read the form, call one operation, lead back to the run with what came of it."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments import operations
from minsheng.work.payments.bank import UnableToReadAnswers, read_answers
from minsheng.work.payments.queries.runs import run_view
from minsheng.work.payments.types import RunState

REFUSALS = (
    operations.UnableToCompileRun,
    operations.UnableToMoveRun,
    operations.UnableToReceive,
    operations.UnableToRelease,
    UnableToReadAnswers,
)
MOST_BYTES = 20_000_000


@staff_page(capability="payments.compile", methods=("POST",))
def compile_month(request: StaffRequest) -> HttpResponse:
    """This function will compile a month of the viewer's district and open the run."""
    try:
        month = date.fromisoformat(request.POST.get("month", ""))
    except ValueError:
        messages.error(request, "请选择要编制的月份。")
        return redirect("payments:runs")
    area_id = request.viewer.grants[0].area_id
    try:
        run_id = operations.compile_run(actor=request.viewer, at=request.at, area_id=area_id, month=month)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("payments:runs")
    messages.success(request, "已编制并检查。请先看检查结果，再锁定。")
    return redirect("payments:run", run_id=run_id)


@staff_page(capability="payments.compile", methods=("POST",))
def lock(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will lock a run."""
    return _done(request, run_id, operations.lock_run, "已锁定，等另外的人签字。")


@staff_page(capability="payments.sign", methods=("POST",))
def sign(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will sign a run."""

    def signed(**given: object) -> str:
        state = operations.sign_run(**given)  # type: ignore[arg-type]
        return "签字齐全，出纳可以出银行文件。" if state is RunState.SIGNED else "已签字，还要另一个人签。"

    return _done(request, run_id, signed)


@staff_page(capability="payments.return_run", methods=("POST",))
def give_back(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will return a run to its compiler."""

    def returned(**given: object) -> None:
        operations.return_run(reason=request.POST.get("reason", ""), **given)  # type: ignore[arg-type]

    return _done(request, run_id, returned, "已退回编制。先前的签字不再算数。")


@staff_page(capability="payments.release", methods=("POST",))
def release(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will make the bank file, once."""
    return _done(request, run_id, operations.release_run, "银行文件已生成。请下载并送到银行，再登记“银行已收”。")


@staff_page(capability="payments.release", methods=("POST",))
def take_file(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will send the bank file; who takes it is recorded."""
    try:
        name, content = operations.file_content(
            actor=request.viewer, at=request.at, run_id=run_id, purpose="送银行代发"
        )
    except operations.UnableToRelease as refusal:
        return _back(request, run_id, str(refusal))
    response = HttpResponse("\ufeff" + content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff_page(capability="payments.release", methods=("POST",))
def hand_over(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will note that the bank has the file."""
    return _done(request, run_id, operations.hand_over, "已登记银行收到，等回盘。")


@staff_page(capability="payments.receive", methods=("POST",))
def receive(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will take the bank's answers from an uploaded file, all or none."""
    sent = request.FILES.get("answers")
    if sent is None or (sent.size or 0) > MOST_BYTES:
        return _back(request, run_id, "请选择银行的回盘文件（CSV，不超过 20 MB）。")

    def received(**given: object) -> str:
        try:
            text = sent.read().decode("utf-8")
        except UnicodeDecodeError as broken:
            raise UnableToReadAnswers("回盘文件不是 UTF-8 编码的文字。请另存为 CSV UTF-8 后再传。") from broken
        counts = operations.receive_answers(answers=read_answers(text), **given)  # type: ignore[arg-type]
        paid, returned, unknown = (counts.get(name, 0) for name in ("paid", "returned", "unknown"))
        return f"已接收：发放 {paid:,} 笔，退回 {returned:,} 笔，结果不明 {unknown:,} 笔。"

    return _done(request, run_id, received)


@staff_page(capability="payments.settle", methods=("POST",))
def settle(request: StaffRequest, run_id: int) -> HttpResponse:
    """This function will reconcile a run."""
    return _done(request, run_id, operations.settle_run, "已对账：银行文件、账和每一笔都一致。")


@staff_page(capability="payments.compile", methods=("POST",))
def settle_finding(request: StaffRequest, run_id: int, finding_id: int) -> HttpResponse:
    """This function will settle one check that asks for an officer's word."""
    try:
        operations.settle_finding(
            actor=request.viewer,
            at=request.at,
            finding_id=finding_id,
            passed=request.POST.get("passed") == "yes",
            reason=request.POST.get("reason", ""),
        )
    except REFUSALS as refusal:
        return _back(request, run_id, str(refusal))
    messages.success(request, "核实结果已登记。")
    return redirect("payments:run", run_id=run_id)


def _done(request: StaffRequest, run_id: int, run: Callable[..., object], said: str = "") -> HttpResponse:
    try:
        told = run(actor=request.viewer, at=request.at, run_id=run_id)
    except REFUSALS as refusal:
        return _back(request, run_id, str(refusal))
    messages.success(request, said or str(told))
    return redirect("payments:run", run_id=run_id)


def _back(request: StaffRequest, run_id: int, said: str) -> HttpResponse:
    if run_view(viewer=request.viewer, run_id=run_id) is None:
        raise Http404("没有这一批发放，或不在您的管辖范围。")
    messages.error(request, said)
    return redirect("payments:run", run_id=run_id)

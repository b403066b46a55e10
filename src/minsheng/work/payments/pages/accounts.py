from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from minsheng.foundation.pages.chips import PAGE_PARAMETER
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility.queries.standing import scheme_titles
from minsheng.work.payments import operations
from minsheng.work.payments.pages.forms import act, fen_of
from minsheng.work.payments.queries import accounts as queries
from minsheng.work.payments.types import Ledger


@staff_page(capability="payments.view_runs")
def index(request: StaffRequest) -> HttpResponse:
    """This function will show every account of the ledger with its balance, and that they sum to zero."""
    rows = queries.accounts(viewer=request.viewer)
    may_book = request.viewer.can("payments.book_budget")
    context = {
        "rows": rows,
        "sum": sum(row.fen for row in rows),
        "fund": next((row for row in rows if row.ledger is Ledger.FUND), None),
        "may_book": may_book,
        "schemes": sorted(scheme_titles().items(), key=lambda one: one[1]) if may_book else [],
    }
    return render(request, "payments/accounts.html", context)


@staff_page(capability="payments.view_runs")
def account(request: StaffRequest, ledger: str) -> HttpResponse:
    """This function will show the entries of one account, newest first."""
    if ledger not in set(Ledger):
        raise Http404("没有这个账户。")
    page = queries.entries(
        viewer=request.viewer,
        ledger=Ledger(ledger),
        scheme=request.GET.get("scheme", ""),
        token=request.GET.get(PAGE_PARAMETER),
    )
    return render(request, "payments/account.html", {"page": page})


@staff_page(capability="payments.book_budget", methods=("POST",))
def book_budget(request: StaffRequest) -> HttpResponse:
    """This function will book money that finance has provided for a scheme."""
    scheme = request.POST.get("scheme", "")

    def done() -> None:
        if scheme not in scheme_titles():
            raise operations.UnableToBook("请选择拨款用于哪项待遇。")
        operations.book_budget(
            actor=request.viewer,
            at=request.at,
            area_id=request.viewer.grants[0].area_id,
            scheme=scheme,
            fen=fen_of(request.POST.get("amount", "")),
            reference=request.POST.get("voucher", ""),
        )

    return act(request, done, said="拨款已登记。", back=reverse("payments:accounts"))

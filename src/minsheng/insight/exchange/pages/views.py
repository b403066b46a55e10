from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.access.context import BUSINESS_ZONE
from minsheng.foundation.access.queries import has_duty_powers
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.exchange import operations
from minsheng.insight.exchange.pages.forms import PartnerForm
from minsheng.insight.exchange.queries import listing

VIEW, AGREE = "exchange.view", "access.grant"


@staff_page(capability=VIEW)
def index(request: StaffRequest) -> HttpResponse:
    """This function will list partners: who waits for a second officer first."""
    rows = listing.partner_rows(viewer=request.viewer, at=request.at)
    waiting = [row for row in rows if row.waits]
    return render(
        request,
        "exchange/partners.html",
        {"rows": rows, "waiting": waiting} | _rights(request),
    )


@staff_page(capability=VIEW)
def partner(request: StaffRequest, partner_id: int) -> HttpResponse:
    """This function will show one agreement and the latest messages either way; never what was asked about whom."""
    found = listing.partner_page(viewer=request.viewer, at=request.at, partner_id=partner_id)
    if found is None:
        raise Http404
    row, asked, posted = found
    context = {"row": row, "messages_of": asked, "posted": posted} | _rights(request)
    return render(request, "exchange/partner.html", context)


@staff_page(capability=AGREE, methods=("GET", "HEAD", "POST"))
def new(request: StaffRequest) -> HttpResponse:
    """This function will take a new agreement; another officer approves it before anything is answered."""
    form = PartnerForm(
        request.POST or None, areas=listing.areas_to_agree_on(), today=request.at.astimezone(BUSINESS_ZONE).date()
    )
    if request.method == "POST" and form.is_valid():
        try:
            number = operations.propose_partner(actor=request.viewer, at=request.at, new=form.agreement())
        except operations.UnableToRegisterPartner as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已经登记。请另一名安全管理员批准，批准以前不答复任何消息。")
            return redirect("exchange:partner", partner_id=number)
    status = 422 if request.method == "POST" else 200
    return render(request, "exchange/new.html", {"form": form}, status=status)


@staff_page(capability=AGREE, methods=("POST",))
def approve(request: StaffRequest, partner_id: int) -> HttpResponse:
    """This function will put an agreement into force."""
    try:
        operations.approve_partner(actor=request.viewer, at=request.at, partner_id=partner_id)
    except operations.UnableToFindPartner as refusal:
        raise Http404 from refusal
    except operations.UnableToRegisterPartner as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已经批准。从约定的开始日起，这个单位可以查询。")
    return redirect("exchange:partner", partner_id=partner_id)


@staff_page(capability=AGREE, methods=("POST",))
def end(request: StaffRequest, partner_id: int) -> HttpResponse:
    """This function will end an agreement at once."""
    try:
        operations.end_partner(actor=request.viewer, at=request.at, partner_id=partner_id)
    except operations.UnableToFindPartner as refusal:
        raise Http404 from refusal
    except operations.UnableToRegisterPartner as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已经停用。从现在起不再答复，也不再送出任何消息。")
    return redirect("exchange:partner", partner_id=partner_id)


def _rights(request: StaffRequest) -> dict[str, bool]:
    """Whether the viewer may agree now, or could once on duty."""
    may = request.viewer.can(AGREE)
    return {"may_agree": may, "off_duty": not may and has_duty_powers(viewer=request.viewer) and _is_officer(request)}


def _is_officer(request: StaffRequest) -> bool:
    return any(grant.role == "security_officer" for grant in request.viewer.grants)

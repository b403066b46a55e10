"""Doors for everybody: one running notice by its address, an objection to it, and the verification of a letter."""

import segno
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.casework import operations, queries


class PublicObjectionForm(forms.Form):
    """What somebody says against a notice; who it is, is not asked."""

    words_said = forms.CharField(
        label="您的意见",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写下您的意见。"},
    )
    contact = forms.CharField(
        label="联系电话", max_length=100, required=False, help_text="不留也可以。留了只用来回复您，加密保存。"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """This function will show a running notice to anyone who has its address, and take an objection."""
    at = request.at  # type: ignore[attr-defined]
    found = queries.public_notice(token=token, at=at)
    if found is None:
        raise Http404("这里没有正在公示的内容。公示期满后内容会撤下。")
    form = PublicObjectionForm(request.POST or None)
    taken = False
    if request.method == "POST" and form.is_valid():
        try:
            operations.lodge_objection(token=token, at=at, **form.cleaned_data)
            taken = True
        except operations.UnableToFindNotice as gone:
            raise Http404(str(gone)) from gone
    context = {"notice": found, "form": form, "taken": taken}
    wrong = request.method == "POST" and not taken
    response = render(request, "casework/notice.html", context, status=422 if wrong else 200)
    # The address is the key: it must not travel on in a Referer, nor into a search engine.
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD"])
def verify(request: HttpRequest) -> HttpResponse:
    """This function will say whether a letter with this code was issued, and nothing about whom it concerns."""
    code = request.GET.get("code", "").strip()
    letter = queries.verified_letter(code=code) if code else None
    return render(request, "casework/verify.html", {"code": code, "letter": letter})


def qr_code(address: str) -> SafeString:
    """This function will draw an address as a QR code: an SVG of attributes alone, as the CSP allows no styles."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    side = len(rows)
    return format_html(
        '<svg width="{0}" height="{0}" viewBox="0 0 {1} {1}" aria-hidden="true"><path fill="#000" d="{2}"/></svg>',
        side * 3,
        side,
        dark,
    )


@staff_page(capability="casework.view")
def noticeboard(request: StaffRequest) -> HttpResponse:
    """This function will list the running notices of the viewer's areas, each with the QR code for the board."""
    running = queries.noticeboard(viewer=request.viewer, at=request.at)
    drawn = [
        (notice, qr_code(request.build_absolute_uri(reverse("casework:notice", args=[notice.token]))))
        for notice in running
    ]
    return render(request, "casework/noticeboard.html", {"notices": drawn, "today": request.at.date()})

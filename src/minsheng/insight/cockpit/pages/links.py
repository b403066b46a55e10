"""Which indicator answers to which name of a plan: suggested by likeness, decided by a person."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import NewLink, UnableToLink
from minsheng.insight.cockpit.pages.forms import LinkForm
from minsheng.insight.cockpit.queries import links as queries


@staff_page(capability="cockpit.view")
def links(request: StaffRequest, plan_id: int) -> HttpResponse:
    """This function will list the names of a plan; `name` opens the choice of all indicators for one of them."""
    found = _found(request, plan_id)
    asked = request.GET.get("name", "")
    line = next((one for one in found.all_lines if one.label == asked), None)
    form = None
    if line is not None and request.viewer.can("cockpit.plan"):
        first = line.suggested[0].indicator.code if line.suggested else ""
        chosen = line.indicator.code if line.indicator else first
        form = LinkForm(initial={"label": line.label, "indicator": chosen, "past_only": not line.as_goal})
    return _page(request, found, form)


@staff_page(capability="cockpit.plan", methods=("POST",))
def link(request: StaffRequest, plan_id: int) -> HttpResponse:
    """This function will keep what a person says of one name."""
    form = LinkForm(request.POST)
    found = _found(request, plan_id)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.link_name(
                actor=request.viewer,
                at=request.at,
                plan_id=plan_id,
                link=NewLink(given["label"], given["indicator"], not given["past_only"]),
            )
        except UnableToLink as refused:
            form.add_error(None, str(refused))
        else:
            said = "已对应" if given["indicator"] else "已记下没有指标对应"
            messages.success(request, f"“{given['label']}”{said}。选错了可以再改，改过的都留着。")
            return redirect("cockpit:links", plan_id=plan_id)
    return _page(request, found, form, status=422)


def _page(request: StaffRequest, found: queries.LinksView, form: LinkForm | None, *, status: int = 200) -> HttpResponse:
    context = {"view": found, "form": form, "may_plan": request.viewer.can("cockpit.plan")}
    return render(request, "cockpit/links.html", context, status=status)


def _found(request: StaffRequest, plan_id: int) -> queries.LinksView:
    found = queries.links_view(viewer=request.viewer, plan_id=plan_id)
    if found is None:
        raise Http404("没有这份规划，也许链接旧了。")
    return found

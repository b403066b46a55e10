"""The projects of the plan."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import NewReport, UnableToAttach, UnableToReport
from minsheng.insight.cockpit.pages.drawing import street_map
from minsheng.insight.cockpit.pages.forms import PhotoForm, ProjectForm
from minsheng.insight.cockpit.queries import projects as project_queries
from minsheng.insight.cockpit.queries.photos import photos_of
from minsheng.insight.cockpit.types import Sent, Stage


@staff_page(capability="cockpit.view")
def listed(request: StaffRequest) -> HttpResponse:
    """This function will list the plan's projects, the late ones first."""
    found = project_queries.projects(viewer=request.viewer, at=request.at)
    counts: dict[str, int] = {}
    for line in found.lines:
        if line.street_code:
            counts[line.street_code] = counts.get(line.street_code, 0) + 1
    streets = project_queries.street_names(viewer=request.viewer)
    picture = street_map(
        on=request.at.date(),
        values={code: float(counts[code]) if code in counts else None for code in streets},
        words={code: f"{counts[code]} 个" if code in counts else "" for code in streets},
    )
    return render(request, "cockpit/projects.html", {"view": found, "map": picture})


@staff_page(capability="cockpit.view")
def project(request: StaffRequest, project_id: int) -> HttpResponse:
    """This function will show one project with its steps."""
    found = _found(request, project_id)
    may_report = request.viewer.can("cockpit.report_project") and found.in_reach
    initial = {"on_date": request.at.date(), "delay_reason": found.delay_reason}
    if found.stage is not None:
        initial["stage"] = found.stage.value
    form = ProjectForm(initial=initial) if may_report else None
    photo_form = PhotoForm(initial={"taken_on": request.at.date()}) if may_report else None
    return _page(request, found, form, photo_form)


@staff_page(capability="cockpit.report_project", methods=("POST",))
def report(request: StaffRequest, project_id: int) -> HttpResponse:
    """This function will take a report on a project."""
    found = _found(request, project_id)
    form = ProjectForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.report_project(
                actor=request.viewer,
                at=request.at,
                report=NewReport(
                    project_id,
                    Stage(given["stage"]),
                    given["on_date"],
                    given["planned_end"],
                    given["expected_end"],
                    form.fen("spent"),
                    form.fen("investment"),
                    given["note"],
                    given["delay_reason"],
                ),
            )
        except UnableToReport as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已记下，项目清单随之更新。")
            return redirect("cockpit:project", project_id=project_id)
    return _page(request, found, form, PhotoForm(), status=422)


@staff_page(capability="cockpit.report_project", methods=("POST",))
def add_photo(request: StaffRequest, project_id: int) -> HttpResponse:
    """This function will take a photo of a project."""
    found = _found(request, project_id)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            operations.add_photo(
                actor=request.viewer,
                at=request.at,
                project_id=project_id,
                taken_on=given["taken_on"],
                words=given["words"],
                sent=Sent(given["photo"].name, given["photo"].read()),
            )
        except UnableToAttach as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "照片已加上，附带的拍摄地点等信息已去掉。")
            return redirect("cockpit:project", project_id=project_id)
    return _page(request, found, ProjectForm(), form, status=422)


def _page(
    request: StaffRequest,
    found: project_queries.ProjectLine,
    form: ProjectForm | None,
    photo_form: PhotoForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "project": found,
        "form": form,
        "photo_form": photo_form,
        "photos": photos_of(viewer=request.viewer, project_id=found.id),
        "may_report": photo_form is not None,
    }
    return render(request, "cockpit/project.html", context, status=status)


def _found(request: StaffRequest, project_id: int) -> project_queries.ProjectLine:
    found = project_queries.project(viewer=request.viewer, at=request.at, project_id=project_id)
    if found is None:
        raise Http404("没有这个项目，也许链接旧了。")
    return found

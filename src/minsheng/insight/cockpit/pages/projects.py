"""The projects of the plan."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.operations import NewReport, UnableToReport
from minsheng.insight.cockpit.pages.drawing import street_map
from minsheng.insight.cockpit.pages.forms import ProjectForm
from minsheng.insight.cockpit.queries import projects as project_queries
from minsheng.insight.cockpit.types import Stage


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
    form = ProjectForm(initial={"on_date": request.at.date()}) if may_report else None
    return render(request, "cockpit/project.html", {"project": found, "form": form})


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
                ),
            )
        except UnableToReport as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已记下，项目清单随之更新。")
            return redirect("cockpit:project", project_id=project_id)
    return render(request, "cockpit/project.html", {"project": found, "form": form}, status=422)


def _found(request: StaffRequest, project_id: int) -> project_queries.ProjectLine:
    found = project_queries.project(viewer=request.viewer, at=request.at, project_id=project_id)
    if found is None:
        raise Http404("没有这个项目，也许链接旧了。")
    return found

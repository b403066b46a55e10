from django.http import HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.eligibility.pages.wording import finding_row
from minsheng.work.eligibility.queries import today as queries


@staff_page(capability=None)
def today(request: StaffRequest) -> HttpResponse:
    """This function will show what needs somebody today, in the viewer's own areas."""
    found = queries.today(viewer=request.viewer)
    questions = [
        {
            "kind": question.kind,
            "totals": question.totals,
            "query": question.query,
            "rows": [finding_row(finding, viewer=request.viewer) for finding in question.first],
        }
        for question in found.questions
    ]
    return render(request, "eligibility/today.html", {"today": found, "questions": questions})

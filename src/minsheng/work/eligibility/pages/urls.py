from django.urls import path

from minsheng.work.eligibility.pages import catalogue, explanation, findings, today

app_name = "eligibility"
urlpatterns = [
    path("", today.today, name="today"),
    path("findings/", findings.findings, name="findings"),
    path("findings/export/", findings.export, name="export"),
    path("findings/views/", findings.save_view, name="save_view"),
    path("map/", findings.street_map, name="map"),
    path("policies/", catalogue.schemes, name="schemes"),
    path("policies/<slug:code>/", catalogue.scheme, name="scheme"),
    path("explanations/<slug:code>/<int:household_id>/", explanation.explanation, name="explain_household"),
    path(
        "explanations/<slug:code>/<int:household_id>/<int:person_id>/", explanation.explanation, name="explain_person"
    ),
    path("explanations/<slug:code>/<int:household_id>/document/", explanation.document, name="document_household"),
    path(
        "explanations/<slug:code>/<int:household_id>/<int:person_id>/document/",
        explanation.document,
        name="document_person",
    ),
]

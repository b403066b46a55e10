from django.urls import path

from minsheng.work.eligibility.missed.pages import views

app_name = "missed"
urlpatterns = [
    path("", views.report, name="report"),
    path("export/", views.export_report, name="export_report"),
    path("people/", views.people, name="people"),
    path("people/export/", views.export, name="export"),
    path("people/<int:finding_id>/", views.reason, name="reason"),
]

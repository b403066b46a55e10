from django.urls import path

from minsheng.foundation.evidence.pages import views

app_name = "evidence"
urlpatterns = [
    path("audit/", views.trail, name="trail"),
    path("audit/roots/", views.roots, name="roots"),
    path("audit/days/<str:day>.pdf", views.day_of_roots, name="day"),
    path("audit/entries/<uuid:entry_id>/", views.entry, name="entry"),
    path("audit/entries/<uuid:entry_id>/proof.json", views.proof, name="proof"),
]

"""The places room as a site of its own, so that its pages are tested whatever the product's address table holds."""

from django.urls import include, path

urlpatterns = [
    path("places/", include("minsheng.records.places.pages.urls")),
    path("", include("minsheng.foundation.entrance.pages.urls")),
]
handler403 = "minsheng.foundation.pages.views.permission_denied"
handler404 = "minsheng.foundation.pages.views.page_not_found"

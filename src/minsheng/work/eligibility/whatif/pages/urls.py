from django.urls import path

from minsheng.work.eligibility.whatif.pages import views

app_name = "whatif"
urlpatterns = [
    path("", views.what_if, name="what_if"),
    path("months/", views.months, name="months"),
    path("ceiling/", views.ceiling, name="ceiling"),
    path("households/", views.households, name="households"),
    path("snapshot/", views.snapshot, name="snapshot"),
]

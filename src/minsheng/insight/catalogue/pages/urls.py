from django.urls import path

from minsheng.insight.catalogue.pages import views

app_name = "catalogue"
urlpatterns = [
    path("", views.index, name="index"),
    path("dcat.jsonld", views.dcat, name="dcat"),
    path("issues/", views.issues, name="issues"),
    path("issues/<int:issue_id>/<slug:act>/", views.act, name="act"),
    path("<slug:code>/", views.dataset, name="dataset"),
]

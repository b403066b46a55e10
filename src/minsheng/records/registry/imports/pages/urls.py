from django.urls import path

from minsheng.records.registry.imports.pages import views

app_name = "imports"
urlpatterns = [
    path("", views.index, name="index"),
    path("template/<str:kind>.xlsx", views.template, name="template"),
    path("<int:batch_id>/", views.preview, name="preview"),
    path("<int:batch_id>/rows/<int:number>/decide/", views.decide, name="decide"),
    path("<int:batch_id>/decide/", views.decide_open, name="decide_open"),
    path("<int:batch_id>/apply/", views.apply, name="apply"),
    path("<int:batch_id>/undo/", views.undo, name="undo"),
    path("<int:batch_id>/discard/", views.discard, name="discard"),
    path("<int:batch_id>/errors.xlsx", views.errors, name="errors"),
]

from django.urls import path

from minsheng.foundation.exports.pages import views

app_name = "exports"
urlpatterns = [
    path("exports/", views.index, name="index"),
    path("exports/trace/", views.trace, name="trace"),
    path("exports/<str:code>/", views.one, name="one"),
    path("exports/<str:code>/file/", views.take, name="take"),
    path("exports/<str:code>/decide/", views.decide, name="decide"),
]

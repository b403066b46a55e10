from django.urls import path

from minsheng.foundation.running.pages import views

app_name = "running"
urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.figures, name="metrics"),
]

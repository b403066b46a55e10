from django.urls import path

from minsheng.foundation.calendars.pages import views

app_name = "calendars"
urlpatterns = [
    path("calendars/", views.index, name="index"),
    path("calendars/enter/", views.enter, name="enter"),
    path("calendars/<int:year>/", views.year, name="year"),
]

from django.urls import path

from minsheng.insight.cockpit.pages import board, indicators

app_name = "cockpit"
urlpatterns = [
    path("", board.home, name="home"),
    path("indicators/<slug:code>/", indicators.indicator, name="indicator"),
    path("indicators/<slug:code>/rows/", indicators.rows, name="rows"),
]

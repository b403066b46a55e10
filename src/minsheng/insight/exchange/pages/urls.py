from django.urls import path

from minsheng.insight.exchange.pages import views

app_name = "exchange"
urlpatterns = [
    path("", views.index, name="partners"),
    path("new/", views.new, name="new"),
    path("<int:partner_id>/", views.partner, name="partner"),
    path("<int:partner_id>/approve/", views.approve, name="approve"),
    path("<int:partner_id>/end/", views.end, name="end"),
]

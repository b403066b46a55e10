from django.urls import path

from minsheng.records.privacy.pages import holds, views

app_name = "privacy"
urlpatterns = [
    path("privacy/", views.requests, name="requests"),
    path("privacy/new/", views.new, name="new"),
    path("privacy/<int:request_id>/", views.request_page, name="request"),
    path("privacy/<int:request_id>/close/", views.close, name="close"),
    path("privacy/<int:request_id>/copy.json", views.copy, name="copy"),
    path("people/<int:person_id>/consents/", views.consents, name="consents"),
    path("consents/<int:consent_id>/withdraw/", views.withdraw, name="withdraw"),
    path("privacy/holds/", holds.index, name="holds"),
    path("privacy/holds/<int:hold_id>/lift/", holds.lift, name="lift"),
    path("people/<int:person_id>/hold/", holds.of_person, name="hold"),
]

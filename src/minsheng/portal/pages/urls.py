from django.urls import path

from minsheng.portal.pages import counter, home, signing_in

app_name = "portal"
urlpatterns = [
    path("my/", home.home, name="home"),
    path("my/sign-in/", signing_in.sign_in, name="sign_in"),
    path("my/sign-out/", signing_in.sign_out, name="sign_out"),
    path("people/<int:person_id>/resident-code/", counter.issue, name="issue_code"),
    path("resident-codes/<int:code_id>/revoke/", counter.revoke, name="revoke_code"),
]

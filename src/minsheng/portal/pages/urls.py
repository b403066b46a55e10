from django.urls import path

from minsheng.portal.pages import benefits, counter, data, desk, home, own, signing_in, together

app_name = "portal"
urlpatterns = [
    path("my/", home.home, name="home"),
    path("my/sign-in/", signing_in.sign_in, name="sign_in"),
    path("my/door/", signing_in.identity_start, name="identity_start"),
    path("my/door/back/", signing_in.identity_back, name="identity_back"),
    path("my/sign-out/", signing_in.sign_out, name="sign_out"),
    path("my/question/", benefits.question, name="question"),
    path("my/benefits/<slug:scheme>/", benefits.benefit, name="benefit"),
    path("my/benefits/<slug:scheme>/<int:person_id>/", benefits.benefit, name="own_benefit"),
    path("my/apply/<slug:scheme>/", benefits.apply, name="apply"),
    path("my/apply/<slug:scheme>/<int:person_id>/", benefits.apply, name="own_apply"),
    path("my/together/", together.together, name="together"),
    path("my/reply/<slug:scheme>/", benefits.reply, name="reply"),
    path("my/reply/<slug:scheme>/<int:person_id>/", benefits.reply, name="own_reply"),
    path("my/progress/", own.progress, name="progress"),
    path("my/cases/<int:case_id>/proxy/end/", own.end_proxy, name="end_proxy"),
    path("my/letters/<int:document_id>/", own.letter, name="letter"),
    path("my/looks/", own.looks, name="looks"),
    path("my/say/", own.say, name="say"),
    path("my/data/", data.own, name="data"),
    path("my/data/ask/", data.ask, name="ask"),
    path("my/data/facts/<int:person_id>/", data.facts, name="facts"),
    path("my/data/facts/<int:person_id>/copy.json", data.copy, name="copy"),
    path("my/data/consents/<int:person_id>/<slug:activity>/", data.consent, name="consent"),
    path("my/data/withdrawals/<int:consent_id>/", data.withdraw, name="withdraw"),
    path("my/code/", own.happiness_code, name="happiness_code"),
    path("code/<str:signed>/", desk.open_code, name="open_code"),
    path("desk/", desk.desk, name="desk"),
    path("desk/concerns/<int:concern_id>/", desk.answer, name="answer"),
    path("desk/offers/<int:reply_id>/", desk.take_up, name="take_up"),
    path("people/<int:person_id>/resident-code/", counter.issue, name="issue_code"),
    path("resident-codes/<int:code_id>/revoke/", counter.revoke, name="revoke_code"),
]

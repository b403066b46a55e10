from django.urls import path

from minsheng.work.casework.pages import alliance, cases, handing_in, joint, public

app_name = "casework"
urlpatterns = [
    path("cases/", cases.mine, name="mine"),
    path("cases/new/<slug:scheme>/<int:household_id>/", cases.new, name="new_household"),
    path("cases/new/<slug:scheme>/<int:household_id>/<int:person_id>/", cases.new, name="new_person"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/form/", cases.save, name="save"),
    path("cases/<int:case_id>/answers/", handing_in.answers, name="answers"),
    path("cases/<int:case_id>/receipt/", handing_in.receipt, name="receipt"),
    path("cases/<int:case_id>/acts/<slug:name>/", cases.act, name="act"),
    path("cases/<int:case_id>/decisions/<int:decision_id>/replay/", cases.replay, name="replay"),
    path("cases/documents/<int:document_id>/", cases.document, name="document"),
    path("cases/clock/", cases.overview, name="overview"),
    path("cases/together/", joint.joints, name="joints"),
    path("cases/together/new/<int:household_id>/", joint.new, name="joint_new"),
    path("cases/together/<int:joint_id>/", joint.joint, name="joint"),
    path("cases/together/<int:joint_id>/acts/<slug:name>/", joint.act, name="joint_act"),
    path("cases/together/<int:joint_id>/referrals/<int:referral_id>/", joint.answer, name="joint_answer"),
    path("cases/alliance/", alliance.members, name="alliance"),
    path("cases/alliance/admit/", alliance.admit, name="admit_member"),
    path("cases/alliance/<int:member_id>/", alliance.member, name="member"),
    path("cases/alliance/<int:member_id>/end/", alliance.end, name="end_member"),
    path("noticeboard/", public.noticeboard, name="noticeboard"),
    path("notices/<str:token>/", public.notice, name="notice"),
    path("verify/", public.verify, name="verify"),
]

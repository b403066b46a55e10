from django.urls import path

from minsheng.work.visits.pages import visiting

app_name = "visits"
urlpatterns = [
    path("", visiting.mine, name="mine"),
    path("<int:visit_id>/", visiting.visit, name="visit"),
    path("<int:visit_id>/result/", visiting.record, name="record"),
    path("<int:visit_id>/help/", visiting.take_up, name="take_up"),
    path("<int:visit_id>/refusal/", visiting.refusal, name="refusal"),
    path("<int:visit_id>/hand-over/", visiting.hand_over, name="hand_over"),
]

from django.urls import path

from minsheng.work.visits.pages import visiting, warning

app_name = "visits"
urlpatterns = [
    path("", visiting.mine, name="mine"),
    path("overview/", warning.overview, name="overview"),
    path("warnings/", warning.warnings, name="warnings"),
    path("weights/", warning.table, name="table"),
    path("weights/rhythm/", warning.rhythm, name="rhythm"),
    path("households/<int:household_id>/", warning.household, name="household"),
    path("households/<int:household_id>/signals/new/", warning.note, name="note"),
    path("households/<int:household_id>/signals/<int:signal_id>/withdraw/", warning.withdraw, name="withdraw"),
    path("<int:visit_id>/", visiting.visit, name="visit"),
    path("<int:visit_id>/result/", visiting.record, name="record"),
    path("<int:visit_id>/help/", visiting.take_up, name="take_up"),
    path("<int:visit_id>/refusal/", visiting.refusal, name="refusal"),
    path("<int:visit_id>/hand-over/", visiting.hand_over, name="hand_over"),
]

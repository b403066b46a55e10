from django.urls import path

from minsheng.work.payments.pages import acting, runs

app_name = "payments"
urlpatterns = [
    path("payments/", runs.index, name="runs"),
    path("payments/compile/", acting.compile_month, name="compile"),
    path("payments/<int:run_id>/", runs.run, name="run"),
    path("payments/<int:run_id>/lock/", acting.lock, name="lock"),
    path("payments/<int:run_id>/sign/", acting.sign, name="sign"),
    path("payments/<int:run_id>/return/", acting.give_back, name="return"),
    path("payments/<int:run_id>/release/", acting.release, name="release"),
    path("payments/<int:run_id>/file/", acting.take_file, name="file"),
    path("payments/<int:run_id>/hand-over/", acting.hand_over, name="hand_over"),
    path("payments/<int:run_id>/answers/", acting.receive, name="answers"),
    path("payments/<int:run_id>/settle/", acting.settle, name="settle"),
    path("payments/<int:run_id>/findings/<int:finding_id>/", acting.settle_finding, name="settle_finding"),
]

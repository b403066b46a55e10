from django.urls import path

from minsheng.insight.cockpit.pages import board, entries, indicators, plans, projects, report, streets

app_name = "cockpit"
urlpatterns = [
    path("", board.home, name="home"),
    path("screen/", board.screen, name="screen"),
    path("indicators/<slug:code>/", indicators.indicator, name="indicator"),
    path("indicators/<slug:code>/rows/", indicators.rows, name="rows"),
    path("indicators/<slug:code>/entries/new/", entries.enter, name="enter"),
    path("entries/", entries.desk, name="entries"),
    path("entries/<int:entry_id>/confirm/", entries.confirm, name="confirm"),
    path("entries/<int:entry_id>/send-back/", entries.send_back, name="send_back"),
    path("streets/", streets.streets, name="streets"),
    path("self-checks/", streets.checks, name="checks"),
    path("self-checks/new/", streets.evaluate, name="evaluate"),
    path("self-checks/<int:check_id>/inspect/", streets.inspect, name="inspect"),
    path("projects/", projects.listed, name="projects"),
    path("projects/<int:project_id>/", projects.project, name="project"),
    path("projects/<int:project_id>/reports/", projects.report, name="report_project"),
    path("plans/", plans.listed, name="plans"),
    path("plans/import/", plans.take_in, name="import"),
    path("plans/<int:plan_id>/", plans.plan, name="plan"),
    path("plans/<int:plan_id>/audit/", plans.audit, name="audit"),
    path("plans/<int:plan_id>/in-force/", plans.in_force, name="in_force"),
    path("plans/statements/<int:statement_id>/", plans.statement, name="statement"),
    path("plans/statements/<int:statement_id>/correct/", plans.correct, name="correct"),
    path("report/", report.report, name="report"),
    path("report/<slug:kind>/", report.taken, name="report_taken"),
]

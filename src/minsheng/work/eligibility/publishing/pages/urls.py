from django.urls import path

from minsheng.work.eligibility.publishing.pages import acts, budgets, effects, numbers, publications

app_name = "publishing"
urlpatterns = [
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/new/<str:name>/", numbers.new_version, name="new_version"),
    path("budgets/", budgets.budgets, name="budgets"),
    path("changes/", publications.publications, name="publications"),
    path("changes/<int:publication_id>/", publications.publication, name="publication"),
    path("changes/<int:publication_id>/header/", publications.header, name="header"),
    path("changes/<int:publication_id>/progress/", publications.progress, name="progress"),
    path("changes/<int:publication_id>/effects/", effects.effects, name="effects"),
    path("changes/<int:publication_id>/effects/export/", effects.export, name="export_effects"),
    path("changes/<int:publication_id>/drop/", acts.drop, name="drop"),
    path("changes/<int:publication_id>/check/", acts.check, name="check"),
    path("changes/<int:publication_id>/trial/", acts.trial, name="trial"),
    path("changes/<int:publication_id>/submit/", acts.submit, name="submit"),
    path("changes/<int:publication_id>/sign/", acts.sign, name="sign"),
    path("changes/<int:publication_id>/return/", acts.send_back, name="return"),
    path("changes/<int:publication_id>/withdraw/", acts.withdraw, name="withdraw"),
    path("changes/<int:publication_id>/take-back/", acts.take_back, name="take_back"),
]

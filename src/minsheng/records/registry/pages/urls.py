from django.urls import path

from minsheng.records.registry.pages import changing, finding, labelling, merging, person

app_name = "registry"
urlpatterns = [
    path("people/", finding.search, name="search"),
    path("people/new/", changing.create, name="create"),
    path("people/new/duplicates/", changing.duplicates, name="duplicates"),
    path("people/<int:person_id>/", person.person, name="person"),
    path("people/<int:person_id>/purpose/", person.purpose, name="purpose"),
    path("people/<int:person_id>/numbers/<slug:which>/", person.reveal, name="reveal"),
    path("people/<int:person_id>/numbers/", person.hidden, name="hidden"),
    path("people/<int:person_id>/facts/new/", changing.record_fact, name="record_fact"),
    path("people/<int:person_id>/death/", changing.death, name="death"),
    path("people/<int:person_id>/merge/", merging.merge, name="merge"),
    path("people/<int:person_id>/unmerge/", merging.unmerge, name="unmerge"),
    path("people/<int:person_id>/protection/", labelling.protection, name="protection"),
    path("people/<int:person_id>/protection/<int:labelling_id>/", labelling.decide, name="decide_protection"),
    path("statements/<int:statement_id>/retract/", changing.retract, name="retract"),
    path("households/<int:household_id>/", person.household, name="household"),
]

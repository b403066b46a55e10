from django.urls import path

from minsheng.records.places.pages import boundaries, divisions

app_name = "places"
urlpatterns = [
    path("", divisions.index, name="index"),
    path("<int:division_id>/", divisions.division, name="division"),
    path("boundaries/", boundaries.imports, name="boundaries"),
    path("boundaries/<int:import_id>/", boundaries.preview, name="boundary_import"),
    path("boundaries/<int:import_id>/shapes.geojson", boundaries.shapes, name="boundary_shapes"),
    path("boundaries/<int:import_id>/apply/", boundaries.apply, name="boundary_apply"),
    path("boundaries/<int:import_id>/undo/", boundaries.undo, name="boundary_undo"),
    path("boundaries/<int:import_id>/discard/", boundaries.discard, name="boundary_discard"),
]

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "minsheng.records.places"
    label = "places"
    verbose_name = "区划地名"

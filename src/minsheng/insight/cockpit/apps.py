from django.apps import AppConfig


class CockpitConfig(AppConfig):
    name = "minsheng.insight.cockpit"
    label = "cockpit"
    verbose_name = "驾驶舱"

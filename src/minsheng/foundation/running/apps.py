from django.apps import AppConfig


class RunningConfig(AppConfig):
    name = "minsheng.foundation.running"
    label = "running"

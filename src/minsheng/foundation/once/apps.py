from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "minsheng.foundation.once"
    label = "once"

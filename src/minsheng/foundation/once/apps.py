from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "minsheng.foundation.once"
    label = "once"
    verbose_name = "重复提交"

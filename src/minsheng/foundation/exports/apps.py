from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "minsheng.foundation.exports"
    label = "exports"
    verbose_name = "导出"

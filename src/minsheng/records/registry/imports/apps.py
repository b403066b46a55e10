from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "minsheng.records.registry.imports"
    label = "imports"
    verbose_name = "表格导入"

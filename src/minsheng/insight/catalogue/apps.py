from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "minsheng.insight.catalogue"
    label = "catalogue"
    verbose_name = "数据目录"

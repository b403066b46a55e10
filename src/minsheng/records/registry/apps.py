from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "minsheng.records.registry"
    label = "registry"
    verbose_name = "人员与家庭"

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "minsheng.records.privacy"
    label = "privacy"
    verbose_name = "个人信息权利"

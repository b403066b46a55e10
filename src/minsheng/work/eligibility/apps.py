from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "minsheng.work.eligibility"
    label = "eligibility"
    verbose_name = "资格"

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "minsheng.foundation.evidence"
    label = "evidence"
    verbose_name = "证据"

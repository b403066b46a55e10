from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "minsheng.foundation.jobs"
    label = "jobs"
    verbose_name = "作业"

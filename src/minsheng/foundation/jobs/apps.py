from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "minsheng.foundation.jobs"
    label = "jobs"
    verbose_name = "作业"

    def ready(self) -> None:
        """This method will read every room's `jobs.py`, and have delivery woken after commits that published."""
        autodiscover_modules("jobs")
        from minsheng.foundation.events.operations import wake_with
        from minsheng.foundation.jobs.jobs import wake_delivery

        wake_with(wake_delivery)

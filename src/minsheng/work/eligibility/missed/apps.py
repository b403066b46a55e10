from django.apps import AppConfig


class MissedConfig(AppConfig):
    name = "minsheng.work.eligibility.missed"
    label = "missed"
    verbose_name = "漏享报告"

    def ready(self) -> None:
        """This method will subscribe to the end of an evaluation of the whole district."""
        from minsheng.work.eligibility.missed.subscribers import listen

        listen()

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "minsheng.work.eligibility"
    label = "eligibility"
    verbose_name = "资格"

    def ready(self) -> None:
        """This method will subscribe to the registry's news."""
        from minsheng.work.eligibility.subscribers import listen

        listen()

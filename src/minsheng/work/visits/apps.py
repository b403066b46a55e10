from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "minsheng.work.visits"
    label = "visits"
    verbose_name = "走访"

    def ready(self) -> None:
        """This method will subscribe to the news that concerns who is to be visited."""
        from minsheng.work.visits.subscribers import listen

        listen()

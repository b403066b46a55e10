from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "minsheng.work.payments"
    label = "payments"
    verbose_name = "发放"

    def ready(self) -> None:
        """This method will subscribe to the news that changes what is due."""
        from minsheng.work.payments.subscribers import listen

        listen()

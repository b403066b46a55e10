from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "minsheng.insight.exchange"
    label = "exchange"
    verbose_name = "数据共享"

    def ready(self) -> None:
        """This method will subscribe to the events that partners may ask to be told of."""
        from minsheng.insight.exchange.subscribers import listen

        listen()

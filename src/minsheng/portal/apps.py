from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "minsheng.portal"
    label = "portal"
    verbose_name = "居民"

    def ready(self) -> None:
        """This method will subscribe to the residents' own news."""
        from minsheng.portal.subscribers import listen

        listen()

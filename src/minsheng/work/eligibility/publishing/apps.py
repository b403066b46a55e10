from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "minsheng.work.eligibility.publishing"
    label = "publishing"
    verbose_name = "政策发布"

    def ready(self) -> None:
        """This method will subscribe to the news of a publication."""
        from minsheng.work.eligibility.publishing.subscribers import listen

        listen()

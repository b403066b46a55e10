from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """An app only so that the worker finds its jobs and `serve --check` its check."""

    name = "minsheng.config.backups"
    label = "backups"
    verbose_name = "备份"

    def ready(self) -> None:
        """This method will read the checks."""
        from minsheng.config.backups import warnings  # noqa: F401

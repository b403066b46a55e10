from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "minsheng.foundation.pages"
    label = "pages"
    verbose_name = "界面"

    def ready(self) -> None:
        from minsheng.foundation.pages import checks  # noqa: F401 - registers itself

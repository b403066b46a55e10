from django.apps import AppConfig


class EntranceConfig(AppConfig):
    name = "minsheng.foundation.entrance"
    label = "entrance"
    verbose_name = "登录"

    def ready(self) -> None:
        from minsheng.foundation.entrance import checks, jobs  # noqa: F401 - register themselves

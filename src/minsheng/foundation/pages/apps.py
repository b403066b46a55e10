from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "minsheng.foundation.pages"
    label = "pages"
    verbose_name = "界面"

    def ready(self) -> None:
        from django.forms import Field

        # Django says 这个字段是必填项; nobody at a counter says 字段.
        Field.default_error_messages["required"] = "这一项还没有填。"
        from minsheng.foundation.pages import checks  # noqa: F401 - registers itself

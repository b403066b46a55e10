from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "minsheng.foundation.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        """This method will register the check that somebody scans what is sent in."""
        from minsheng.foundation.files import scanning  # noqa: F401

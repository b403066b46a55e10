from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "minsheng.foundation.pages"
    label = "pages"
    verbose_name = "界面"

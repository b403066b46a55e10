from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "minsheng.foundation.events"
    label = "events"
    verbose_name = "事件"

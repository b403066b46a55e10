from django.apps import AppConfig


class WhatIfConfig(AppConfig):
    name = "minsheng.work.eligibility.whatif"
    label = "whatif"
    verbose_name = "政策试算"

    def ready(self) -> None:
        """This method will subscribe to publications."""
        from minsheng.work.eligibility.whatif.subscribers import listen

        listen()

from django.apps import AppConfig


class WhatIfConfig(AppConfig):
    name = "minsheng.work.eligibility.whatif"
    label = "whatif"
    verbose_name = "政策试算"

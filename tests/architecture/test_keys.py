"""Foreign keys never point up a floor; across rooms nobody reaches back through them; nothing is generic."""

from django.apps import apps
from django.db import models

FLOORS = ["foundation", "records", "work", "services", "insight", "portal", "config"]


def floor_and_room(model: type[models.Model]) -> tuple[int, str] | None:
    parts = model.__module__.split(".")
    return (FLOORS.index(parts[1]), parts[2]) if parts[0] == "minsheng" else None


def faults(all_models: list[type[models.Model]]) -> list[str]:
    found = []
    for model in all_models:
        own = floor_and_room(model)
        for field in model._meta.get_fields(include_hidden=False):
            if type(field).__name__.startswith("GenericForeignKey"):
                found.append(f"{model._meta.label}.{field.name} is generic")
            if not isinstance(field, models.ForeignKey) or own is None:
                continue
            target = floor_and_room(field.related_model)
            if target is None:
                continue
            if target[0] > own[0]:
                found.append(f"{model._meta.label}.{field.name} points up to {field.related_model._meta.label}")
            elif target[1] != own[1] and field.remote_field.related_name != "+" and own[1] != "access":
                found.append(f"{model._meta.label}.{field.name} lets {target[1]} reach back: related_name='+'")
    return found


def test_keys_point_down() -> None:
    assert faults(list(apps.get_models())) == []


def test_a_key_that_points_up_is_found() -> None:
    class Seeded(models.Model):
        run = models.ForeignKey("eligibility.Run", models.PROTECT, related_name="+")

        class Meta:
            app_label = "audit"
            managed = False

    Seeded.__module__ = "minsheng.foundation.audit.models"
    try:
        assert faults([Seeded]) == ["audit.Seeded.run points up to eligibility.Run"]
    finally:
        apps.all_models["audit"].pop("seeded")
        apps.clear_cache()

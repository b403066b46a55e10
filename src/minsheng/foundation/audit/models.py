import uuid

from django.db import models


class Entry(models.Model):
    """One act or one look, written in the transaction of the act itself. Nobody may change or delete it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    account_name = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    area_id = models.IntegerField(null=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=30, blank=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"], name="audit_entry_object"),
            models.Index(fields=["account_id", "at"], name="audit_entry_account"),
            models.Index(fields=["at"], name="audit_entry_at"),
        ]

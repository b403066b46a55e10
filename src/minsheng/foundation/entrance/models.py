import uuid

from django.db import models

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

KEPT_FORM = SealedColumn("entrance_kept_form", "sealed", ValueKind.FREE_TEXT)
FACTOR = SealedColumn("mfa_authenticator", "data", ValueKind.FREE_TEXT)


class KeptForm(models.Model):
    """A form that met an ended sign-in or a stale second factor: sealed, for its owner only, for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    action = models.CharField(max_length=300)  # where the form was sent
    page = models.CharField(max_length=300)  # the page it stood on
    sealed = models.BinaryField()
    had_files = models.BooleanField()
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "entrance_kept_form"
        indexes = [models.Index(fields=["account", "page"], name="entrance_kept_form_page")]


class ExternalIdentity(models.Model):
    """Whom another sign-in service means by a subject; entered by an officer, never made at sign-in."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    provider = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "entrance_external_identity"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="entrance_external_identity_once"),
            models.UniqueConstraint(fields=["provider", "account"], name="entrance_external_identity_one_each"),
        ]

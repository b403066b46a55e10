from django.db import migrations

from minsheng.foundation.access.rls import protect


class Migration(migrations.Migration):
    """Requests, consents and holds are seen in the areas of whoever handles them."""

    dependencies = [("privacy", "0001_initial"), ("access", "0003_audit_policies")]
    operations = [protect("privacy_request"), protect("privacy_consent"), protect("privacy_hold")]

from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [
        *(protect(f"visits_{table}") for table in ("signal", "warning", "visit", "attempt", "refusal")),
        append_only("visits_attempt"),
    ]

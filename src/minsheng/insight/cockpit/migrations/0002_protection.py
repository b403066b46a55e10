"""What is told of an area is shown to whoever may see that area; corrections and reports are never changed."""

from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("cockpit", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [
        *(protect(f"cockpit_{table}") for table in ("figure", "entry", "project_report", "self_check")),
        append_only("cockpit_correction"),
        append_only("cockpit_project_report"),
    ]

from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("missed", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [protect("missed_reason"), protect("missed_snapshot"), append_only("missed_reason")]

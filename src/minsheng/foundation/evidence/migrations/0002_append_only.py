from django.db import migrations

from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    """What was sealed and what was found stays as it is, for the owner of the tables too."""

    dependencies = [("evidence", "0001_initial"), ("audit", "0003_written_in")]
    operations = [append_only("evidence_leaf"), append_only("evidence_root"), append_only("evidence_check")]

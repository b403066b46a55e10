from django.db import migrations

from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial"), ("audit", "0002_append_only")]
    operations = [append_only("calendars_revision")]

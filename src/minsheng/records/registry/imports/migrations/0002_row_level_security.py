from django.db import migrations

from minsheng.foundation.access.rls import protect


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [protect("imports_batch"), protect("imports_row")]

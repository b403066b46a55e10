from django.db import migrations

from minsheng.foundation.access.rls import protect


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [protect("eligibility_result"), protect("eligibility_receipt"), protect("eligibility_finding")]

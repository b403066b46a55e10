from django.db import migrations

from minsheng.foundation.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0003_scheme_digest_and_frozen_law")]
    operations = [append_only("eligibility_frozen_law")]

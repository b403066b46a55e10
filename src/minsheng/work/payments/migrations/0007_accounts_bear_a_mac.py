from django.db import migrations, models

from minsheng.foundation.sealing.schema import sign_existing
from minsheng.work.payments.sealed_columns import ACCOUNT_ROW


class Migration(migrations.Migration):
    """An account that was changed in the database is known by its MAC, and no money goes there."""

    dependencies = [("payments", "0006_one_decision_one_way")]
    operations = [
        migrations.AddField("payeeaccount", "mac", models.BinaryField(null=True)),
        sign_existing(ACCOUNT_ROW),
    ]

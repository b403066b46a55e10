from django.db import migrations, models

from minsheng.foundation.sealing.schema import sign_existing
from minsheng.work.casework.sealed_columns import DECISION_ROW


class Migration(migrations.Migration):
    """A decision that was changed in the database is known by its MAC, and nothing is done with it."""

    dependencies = [("casework", "0006_half_yearly_review")]
    operations = [
        migrations.AddField("decision", "mac", models.BinaryField(null=True)),
        sign_existing(DECISION_ROW),
    ]

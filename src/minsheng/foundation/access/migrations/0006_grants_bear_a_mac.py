from django.db import migrations, models

from minsheng.foundation.access.sealed_columns import GRANT_ROW
from minsheng.foundation.sealing.schema import sign_existing


class Migration(migrations.Migration):
    """A grant that was written or changed in the database is known by its MAC, and its account may do nothing."""

    dependencies = [("access", "0005_apart_and_glass")]
    operations = [migrations.AddField("grant", "mac", models.BinaryField(null=True)), sign_existing(GRANT_ROW)]

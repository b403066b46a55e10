from django.db import migrations

from minsheng.records.registry.schema import shield


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_row_level_security"), ("registry", "0004_people_beyond_me")]
    operations = [shield("imports_row", people=["person_id"])]

from django.db import migrations

from minsheng.records.registry.schema import shield


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0004_frozen_law_is_kept"), ("registry", "0004_people_beyond_me")]
    operations = [
        shield(f"eligibility_{table}", people=["person_id"], homes=["household_id"])
        for table in ("result", "receipt", "finding")
    ]

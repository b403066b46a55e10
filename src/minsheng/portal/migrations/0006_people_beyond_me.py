from django.db import migrations

from minsheng.records.registry.schema import shield


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_own_proxies"), ("registry", "0004_people_beyond_me")]
    operations = [
        shield(f"portal_{table}", people=["person_id"], homes=["household_id"])
        for table in ("code", "session", "concern", "happiness_code")
    ] + [
        # Who said it is a person too.
        shield("portal_reply", people=["person_id", "said_by"], homes=["household_id"])
    ]

from django.db import migrations

from minsheng.records.registry.schema import shield


class Migration(migrations.Migration):
    dependencies = [("privacy", "0003_holds_are_lifted_by_two"), ("registry", "0004_people_beyond_me")]
    operations = [
        shield("privacy_request", people=["person_id"]),
        shield("privacy_consent", people=["person_id", "given_by_person_id"]),
        shield("privacy_hold", people=["person_id"]),
    ]

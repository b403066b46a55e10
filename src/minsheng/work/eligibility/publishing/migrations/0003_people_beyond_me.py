from django.db import migrations

from minsheng.records.registry.schema import shield


class Migration(migrations.Migration):
    dependencies = [("publishing", "0002_what_is_published_stays"), ("registry", "0004_people_beyond_me")]
    operations = [shield("publishing_trial_line", people=["person_id"], homes=["household_id"])]

from django.db import migrations, models
from django.db.models import Q

from minsheng.records.registry.schema import beyond, shield

VISITS = "visits_beyond_me"
# Visits to a person beyond the asker, and to a home while such a person belonged there: they may bear the name.
BEYOND_ME = """
    WITH hidden AS MATERIALIZED (SELECT id FROM registry_people_beyond_me() AS people(id))
    SELECT v.id FROM visits_visit v JOIN hidden ON hidden.id = v.person_id
    UNION
    SELECT v.id FROM hidden JOIN registry_membership m ON m.person_id = hidden.id
    JOIN visits_visit v ON v.household_id = m.household_id
    WHERE m.valid_to IS NULL OR m.valid_to > (v.opened_at AT TIME ZONE 'Asia/Shanghai')::date
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_protection"), ("registry", "0004_people_beyond_me")]
    operations = [
        migrations.AddIndex(
            "visit",
            models.Index(fields=["person_id"], name="visits_visit_person", condition=Q(person_id__isnull=False)),
        ),
        beyond(VISITS, BEYOND_ME),
        shield("visits_visit", people=["person_id"], homes=["household_id"], through=[("id", VISITS)]),
        shield("visits_attempt", through=[("visit_id", VISITS)]),
        shield("visits_refusal", homes=["household_id"], through=[("visit_id", VISITS)]),
        shield("visits_signal", people=["person_id"], homes=["household_id"]),
        shield("visits_warning", homes=["household_id"]),
    ]

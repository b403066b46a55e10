from django.db import migrations, models
from django.db.models import Q

from minsheng.records.registry.schema import beyond, shield

CASES, NOTICES, JOINT = "casework_cases_beyond_me", "casework_notices_beyond_me", "casework_joint_beyond_me"
# Cases of or for a person beyond the asker, and of a home that such a person belonged to when the case was opened or
# since: their papers name everybody of the home.
CASES_BEYOND_ME = """
    WITH hidden AS MATERIALIZED (SELECT id FROM registry_people_beyond_me() AS people(id))
    SELECT c.id FROM casework_case c JOIN hidden ON hidden.id = c.person_id
    UNION
    SELECT c.id FROM casework_case c JOIN hidden ON hidden.id = c.applicant_id
    UNION
    SELECT c.id FROM hidden JOIN registry_membership m ON m.person_id = hidden.id
    JOIN casework_case c ON c.household_id = m.household_id
    WHERE m.valid_to IS NULL OR m.valid_to > (c.opened_at AT TIME ZONE 'Asia/Shanghai')::date
"""
NOTICES_BEYOND_ME = "SELECT n.id FROM casework_cases_beyond_me() held(id) JOIN casework_notice n ON n.case_id = held.id"
JOINT_BEYOND_ME = """
    WITH hidden AS MATERIALIZED (SELECT id FROM registry_people_beyond_me() AS people(id))
    SELECT j.id FROM casework_joint j JOIN hidden ON hidden.id = j.applicant_id
    UNION
    SELECT j.id FROM hidden JOIN registry_membership m ON m.person_id = hidden.id
    JOIN casework_joint j ON j.household_id = m.household_id
    WHERE m.valid_to IS NULL OR m.valid_to > (j.opened_at AT TIME ZONE 'Asia/Shanghai')::date
"""
OF_A_CASE = (
    "account",
    "act",
    "adjustment",
    "appeal",
    "authorisation",
    "check",
    "decision",
    "delay",
    "document",
    "investigation",
    "notice",
    "opinion",
)


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_proxies"), ("registry", "0004_people_beyond_me")]
    operations = [
        migrations.AddIndex("case", models.Index(fields=["applicant_id"], name="casework_case_applicant")),
        migrations.AddIndex(
            "case",
            models.Index(fields=["person_id"], name="casework_case_person", condition=Q(person_id__isnull=False)),
        ),
        migrations.AddIndex(
            "jointapplication", models.Index(fields=["applicant_id"], name="casework_joint_applicant")
        ),
        beyond(CASES, CASES_BEYOND_ME),
        beyond(NOTICES, NOTICES_BEYOND_ME),
        beyond(JOINT, JOINT_BEYOND_ME),
        shield("casework_case", people=["person_id", "applicant_id"], homes=["household_id"], through=[("id", CASES)]),
        *(shield(f"casework_{table}", through=[("case_id", CASES)]) for table in OF_A_CASE),
        shield("casework_objection", through=[("notice_id", NOTICES)]),
        shield("casework_joint", people=["applicant_id"], homes=["household_id"], through=[("id", JOINT)]),
        shield("casework_referral", through=[("case_id", CASES), ("joint_id", JOINT)]),
        shield("casework_proxy", people=["person_id"], through=[("case_id", CASES)]),
    ]

from django.db import migrations

from minsheng.records.registry.schema import beyond, shield

GRANTS, LINES = "payments_grants_beyond_me", "payments_lines_beyond_me"
# Money of or to a person beyond the asker, and of the home such a person belongs to.
GRANTS_BEYOND_ME = """
    WITH hidden AS MATERIALIZED (SELECT id FROM registry_people_beyond_me() AS people(id))
    SELECT g.id FROM payments_grant g JOIN hidden ON hidden.id = g.person_id
    UNION
    SELECT g.id FROM payments_grant g JOIN hidden ON hidden.id = g.payee_person_id
    UNION
    SELECT g.id FROM registry_homes_beyond_me() home(id) JOIN payments_grant g ON g.household_id = home.id
"""
LINES_BEYOND_ME = "SELECT l.id FROM payments_grants_beyond_me() held(id) JOIN payments_line l ON l.grant_id = held.id"


class Migration(migrations.Migration):
    """Single rows of money are not there; the ledger stands whole, because books that leave an entry out do not balance."""

    dependencies = [("payments", "0008_relief_in_parts"), ("registry", "0004_people_beyond_me")]
    operations = [
        beyond(GRANTS, GRANTS_BEYOND_ME),
        beyond(LINES, LINES_BEYOND_ME),
        shield("payments_grant", people=["person_id", "payee_person_id"], homes=["household_id"]),
        shield("payments_line", people=["person_id"], homes=["household_id"], through=[("grant_id", GRANTS)]),
        shield("payments_account", people=["payee_person_id"], through=[("grant_id", GRANTS)]),
        shield("payments_amount", through=[("grant_id", GRANTS)]),
        shield("payments_recalculation", homes=["household_id"], through=[("grant_id", GRANTS)]),
        shield("payments_recovery", through=[("grant_id", GRANTS)]),
        shield("payments_follow_up", through=[("grant_id", GRANTS), ("line_id", LINES)]),
        shield("payments_finding", through=[("line_id", LINES)]),
        shield("payments_sample_line", through=[("line_id", LINES)]),
        shield("payments_float_draw", people=["person_id"], homes=["household_id"]),
    ]

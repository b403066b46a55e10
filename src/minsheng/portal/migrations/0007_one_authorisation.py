from django.db import migrations

from minsheng.foundation.accounts.types import RESIDENT_ROLE

OF_CASE = "EXISTS (SELECT 1 FROM casework_case held WHERE held.id = case_id)"
ALL_OWN = "NOT EXISTS (SELECT 1 FROM unnest(covers) one WHERE one NOT IN (SELECT id FROM casework_case))"
# Of a joint application one authorisation is signed: each part that is authorised after the first joins it. Parts of
# the own household only, which are all that this role sees; nothing else of an authorisation can be changed here.
POLICY = (
    "casework_authorisation_resident_joins",
    f"USING (withdrawn_at IS NULL AND {OF_CASE}) WITH CHECK (withdrawn_at IS NULL AND {OF_CASE} AND {ALL_OWN})",
)
GRANTS = ("UPDATE (covers) ON casework_authorisation", "SELECT ON casework_alliance_member")
LET_IN = "\n".join(
    [
        *(f"GRANT {grant} TO {RESIDENT_ROLE};" for grant in GRANTS),
        f"CREATE POLICY {POLICY[0]} ON casework_authorisation FOR UPDATE TO {RESIDENT_ROLE} {POLICY[1]};",
    ]
)
SHUT_OUT = "\n".join(
    [
        f"DROP POLICY {POLICY[0]} ON casework_authorisation;",
        *(f"REVOKE {grant} FROM {RESIDENT_ROLE};" for grant in GRANTS),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_people_beyond_me"), ("casework", "0013_alliance_of_help")]
    operations = [migrations.RunSQL(LET_IN, SHUT_OUT)]

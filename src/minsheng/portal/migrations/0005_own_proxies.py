from django.db import migrations

from minsheng.foundation.accounts.types import RESIDENT_ROLE

OF_CASE = "EXISTS (SELECT 1 FROM casework_case held WHERE held.id = case_id)"
# A family sees who acts for it, and ends that at any time, whatever the state of the case; it names nobody here.
POLICIES = (
    ("casework_proxy_resident", "casework_proxy", "FOR SELECT", f"USING ({OF_CASE})"),
    (
        "casework_proxy_resident_ends",
        "casework_proxy",
        "FOR UPDATE",
        f"USING (ended_at IS NULL AND {OF_CASE}) WITH CHECK (ended_at IS NOT NULL AND {OF_CASE})",
    ),
    ("casework_act_resident_ends_proxy", "casework_act", "FOR INSERT", f"WITH CHECK (act = 'end_proxy' AND {OF_CASE})"),
)
GRANTS = ("SELECT ON casework_proxy", "UPDATE (ended_at, ended_by, ended_words) ON casework_proxy")
LET_IN = "\n".join(
    [
        *(f"GRANT {grant} TO {RESIDENT_ROLE};" for grant in GRANTS),
        *(f"CREATE POLICY {p} ON {t} {what} TO {RESIDENT_ROLE} {rows};" for p, t, what, rows in POLICIES),
    ]
)
SHUT_OUT = "\n".join(
    [
        *(f"DROP POLICY {p} ON {t};" for p, t, _, _ in POLICIES),
        *(f"REVOKE {grant} FROM {RESIDENT_ROLE};" for grant in GRANTS),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_own_data"), ("casework", "0010_proxies")]
    operations = [migrations.RunSQL(LET_IN, SHUT_OUT)]

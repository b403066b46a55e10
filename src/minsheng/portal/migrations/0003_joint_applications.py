from django.db import migrations

from minsheng.foundation.accounts.types import RESIDENT_ROLE

MINE = "household_id = (SELECT portal_my_household())"
OF_JOINT = "joint_id IS NOT NULL AND EXISTS (SELECT 1 FROM casework_joint held WHERE held.id = joint_id)"
OPEN = "answered_at IS NULL AND outcome = '' AND answer = ''"
# A family hands in one application for several things, and sees what became of each and of what went to others.
POLICIES = (
    ("casework_joint_resident", "casework_joint", "FOR SELECT", f"USING ({MINE})"),
    ("casework_joint_resident_says", "casework_joint", "FOR INSERT", f"WITH CHECK ({MINE} AND handed_in_at IS NULL)"),
    (
        "casework_joint_resident_hands_in",
        "casework_joint",
        "FOR UPDATE",
        f"USING ({MINE} AND handed_in_at IS NULL) WITH CHECK ({MINE})",
    ),
    ("casework_referral_resident", "casework_referral", "FOR SELECT", f"USING ({OF_JOINT})"),
    ("casework_referral_resident_says", "casework_referral", "FOR INSERT", f"WITH CHECK ({OPEN} AND {OF_JOINT})"),
)
GRANTS = (
    "SELECT, INSERT ON casework_joint",
    "UPDATE (handed_in_at) ON casework_joint",
    "INSERT ON casework_referral",
)
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
    dependencies = [("portal", "0002_residents_see_their_own"), ("casework", "0009_joint_applications")]
    operations = [migrations.RunSQL(LET_IN, SHUT_OUT)]

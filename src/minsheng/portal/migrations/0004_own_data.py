from django.db import migrations

from minsheng.foundation.accounts.types import RESIDENT_ROLE

# For whom a resident speaks in matters of their data: themself, and as an adult the children under fourteen at home
# (个人信息保护法第三十一条). Not for another adult of the household, whose pages these are not.
FOR_WHOM = """
CREATE FUNCTION portal_my_wards() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH day AS (SELECT nullif(current_setting('minsheng.day', true), '')::date AS today),
    me AS (SELECT p.birth_date FROM registry_person p WHERE p.id = (SELECT person_id FROM portal_my_session()))
    SELECT coalesce(array_agg(p.id), '{}') FROM registry_person p, day, me
    WHERE p.id = ANY (portal_my_people())
      AND extract(year FROM age(today, p.birth_date)) < 14 AND extract(year FROM age(today, me.birth_date)) >= 18
$$;
"""
ME = "person_id = (SELECT person_id FROM portal_my_session())"
WARD = "person_id = ANY ((SELECT portal_my_wards())::bigint[])"
MINE = f"({ME} OR {WARD})"
POLICIES = (
    ("privacy_request_resident", "privacy_request", f"FOR SELECT TO {RESIDENT_ROLE} USING ({MINE})"),
    (
        "privacy_request_resident_says",
        "privacy_request",
        f"FOR INSERT TO {RESIDENT_ROLE} WITH CHECK (state = 'open' AND"
        f" ((asked_by = 'self' AND {ME}) OR (asked_by = 'guardian' AND {WARD})))",
    ),
    ("privacy_consent_resident", "privacy_consent", f"FOR SELECT TO {RESIDENT_ROLE} USING ({MINE})"),
    (
        "privacy_consent_resident_says",
        "privacy_consent",
        f"FOR INSERT TO {RESIDENT_ROLE} WITH CHECK ({MINE} AND withdrawn_at IS NULL"
        " AND given_by_person_id = (SELECT person_id FROM portal_my_session()))",
    ),
    (
        "privacy_consent_resident_withdraws",
        "privacy_consent",
        f"FOR UPDATE TO {RESIDENT_ROLE} USING ({MINE} AND withdrawn_at IS NULL)"
        f" WITH CHECK ({MINE} AND withdrawn_at IS NOT NULL)",
    ),
)
GRANTS = (
    "SELECT, INSERT ON privacy_request",
    "SELECT, INSERT ON privacy_consent",
    "UPDATE (withdrawn_at, withdrawn_by) ON privacy_consent",
    "USAGE ON SEQUENCE privacy_request_id_seq, privacy_consent_id_seq",
)
LET_IN = "\n".join(
    [
        FOR_WHOM,
        *(f"GRANT {grant} TO {RESIDENT_ROLE};" for grant in GRANTS),
        *(f"CREATE POLICY {name} ON {table} {what};" for name, table, what in POLICIES),
    ]
)
SHUT_OUT = "\n".join(
    [
        *(f"DROP POLICY {name} ON {table};" for name, table, _ in POLICIES),
        *(f"REVOKE {grant} FROM {RESIDENT_ROLE};" for grant in GRANTS),
        "DROP FUNCTION portal_my_wards();",
    ]
)


class Migration(migrations.Migration):
    """A resident sees and states their own requests and consents, and those of the young children at home."""

    dependencies = [("portal", "0003_joint_applications"), ("privacy", "0003_holds_are_lifted_by_two")]
    operations = [migrations.RunSQL(LET_IN, SHUT_OUT)]

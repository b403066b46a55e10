from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.accounts.types import RESIDENT_ROLE

# Who asks: the sitting that the transaction names by the hash of its token, while it runs. The functions belong to the
# owner, so that they see the tables that decide; they give away nothing but the sitting's own numbers.
WHO = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{RESIDENT_ROLE}') THEN
        RAISE EXCEPTION 'the role {RESIDENT_ROLE} is missing: let the administrator provision the roles again';
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO {RESIDENT_ROLE};
CREATE FUNCTION portal_my_session()
RETURNS TABLE (id bigint, area_id int, area_name text, household_id bigint, person_id bigint, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, s.area_id, a.name, s.household_id, s.person_id, s.expires_at
    FROM portal_session s JOIN access_area a ON a.id = s.area_id
    WHERE s.token_hash = nullif(current_setting('minsheng.resident', true), '')
      AND s.ended_at IS NULL
      AND s.started_at <= nullif(current_setting('minsheng.resident_at', true), '')::timestamptz
      AND s.expires_at > nullif(current_setting('minsheng.resident_at', true), '')::timestamptz
$$;
CREATE FUNCTION portal_my_household() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT household_id FROM portal_my_session()
$$;
-- Who lives in the household today (residence before registration), with the records merged into each of them. Who
-- moved out is gone: a home that was left does not go on seeing what becomes of a person.
CREATE FUNCTION portal_my_people() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE day AS (SELECT nullif(current_setting('minsheng.day', true), '')::date AS today),
    here AS (
        SELECT m.person_id FROM registry_membership m, day
        WHERE m.household_id = (SELECT portal_my_household())
          AND m.valid_from <= today AND (m.valid_to IS NULL OR m.valid_to > today)
          AND (m.kind = 'residence' OR NOT EXISTS (
              SELECT 1 FROM registry_membership o
              WHERE o.person_id = m.person_id AND o.kind = 'residence' AND o.household_id <> m.household_id
                AND o.valid_from <= today AND (o.valid_to IS NULL OR o.valid_to > today)))
    ), up(id, next) AS (
        SELECT p.id, p.merged_into_id FROM registry_person p WHERE p.id IN (SELECT person_id FROM here)
        UNION SELECT p.id, p.merged_into_id FROM up JOIN registry_person p ON p.id = up.next
    ), down(id) AS (
        SELECT id FROM up WHERE next IS NULL
        UNION SELECT p.id FROM down JOIN registry_person p ON p.merged_into_id = down.id
    ) SELECT coalesce(array_agg(id), '{{}}') FROM down
$$;
"""
FORGET_WHO = """
DROP FUNCTION portal_my_people(); DROP FUNCTION portal_my_household(); DROP FUNCTION portal_my_session();
"""

HOUSEHOLD = "{} = (SELECT portal_my_household())"
PERSON = "{} = ANY ((SELECT portal_my_people())::bigint[])"
MINE = HOUSEHOLD.format("household_id") + " AND (person_id IS NULL OR " + PERSON.format("person_id") + ")"
SUBJECT = (
    f"(subject_kind = 'person' AND {PERSON.format('subject_id')})"
    f" OR (subject_kind = 'household' AND {HOUSEHOLD.format('subject_id')})"
)
OF_CASE = "EXISTS (SELECT 1 FROM casework_case held WHERE held.id = case_id)"
ABOUT_ME = (
    "(object_type = 'registry.household' AND object_id = (SELECT portal_my_household())::text)"
    " OR (object_type = 'registry.person' AND object_id = ANY ((SELECT portal_my_people())::text[]))"
)

# table -> which rows a resident reads.
READ = {
    "registry_household": HOUSEHOLD.format("id"),
    "registry_person": PERSON.format("id"),
    "registry_membership": PERSON.format("person_id"),
    "registry_statement": SUBJECT,
    "eligibility_result": MINE,
    "eligibility_receipt": MINE,
    "eligibility_finding": MINE,
    "casework_case": MINE,
    "casework_act": OF_CASE,
    "casework_decision": OF_CASE,
    "casework_document": OF_CASE,
    "casework_authorisation": OF_CASE,
    "payments_grant": MINE,
    "payments_amount": "EXISTS (SELECT 1 FROM payments_grant held WHERE held.id = grant_id)",
    "payments_line": MINE,
    "portal_reply": HOUSEHOLD.format("household_id"),
    "portal_concern": HOUSEHOLD.format("household_id"),
    "portal_happiness_code": HOUSEHOLD.format("household_id"),
    "audit_entry": ABOUT_ME,
}
OWN_WORD = HOUSEHOLD.format("household_id") + " AND {} = (SELECT person_id FROM portal_my_session())"
# table -> which rows a resident writes: their own word, and their own application until it is handed in.
WRITE = {
    "portal_reply": f"{OWN_WORD.format('said_by')} AND taken_up_at IS NULL",
    "portal_concern": f"{OWN_WORD.format('person_id')} AND answered_at IS NULL",
    "portal_happiness_code": f"{OWN_WORD.format('person_id')} AND opened_at IS NULL",
    "registry_statement": f"source = 'self_report' AND ({SUBJECT})",
    "casework_case": f"status = 'draft' AND origin IN ('application', 'finding') AND {MINE}",
    "casework_act": f"act IN ('open', 'save_draft', 'authorise', 'submit') AND {OF_CASE}",
    "casework_authorisation": OF_CASE,
    "casework_document": f"kind = 'authorisation' AND {OF_CASE}",
}
# Tables without a person, or of which a resident has no row: readable, so that the rules of a case can be asked.
OPEN = (
    "access_area", "access_purpose", "calendars_year", "calendars_day", "calendars_revision", "registry_coverage",
    "casework_delegation", "publishing_law_head", "publishing_publication", "publishing_version",
)  # fmt: skip
SHOWS_NOTHING = (
    "casework_investigation", "casework_check", "casework_opinion", "casework_notice", "casework_objection",
    "casework_adjustment", "casework_appeal", "casework_referral",
)  # fmt: skip
# Rows that an operation locks must be reachable by UPDATE; the check refuses every real change.
LOCK = {"registry_household": "kind", "registry_person": "source"}


# What the rows must be like, by table: (policy, the table, what it is for, its condition).
POLICIES = [
    *((f"{t}_resident", t, "FOR SELECT", f"USING ({rows})") for t, rows in READ.items()),
    *((f"{t}_resident_says", t, "FOR INSERT", f"WITH CHECK ({rows})") for t, rows in WRITE.items()),
    *((f"{t}_resident_locks", t, "FOR UPDATE", f"USING ({READ[t]}) WITH CHECK (false)") for t in LOCK),
    (
        "casework_case_resident_draft",
        "casework_case",
        "FOR UPDATE",
        f"USING (status = 'draft' AND {MINE}) WITH CHECK (status IN ('draft', 'submitted') AND {MINE})",
    ),
]
GRANTS = [
    *(f"SELECT ON {t}" for t in (*READ, *OPEN, *SHOWS_NOTHING)),
    *(f"INSERT ON {t}" for t in (*WRITE, "audit_entry", "events_outbox", "access_purpose")),
    *(f"UPDATE ({column}) ON {t}" for t, column in LOCK.items()),
    "UPDATE ON casework_case",
    "SELECT (sequence) ON events_outbox",
]
# The policy of the audit trail that shows an account its own entries would show all residents each other's.
ONLY = f"AS RESTRICTIVE FOR SELECT TO {RESIDENT_ROLE} USING ({ABOUT_ME})"

LET_IN = "\n".join(
    [
        WHO,
        *(f"GRANT {grant} TO {RESIDENT_ROLE};" for grant in GRANTS),
        *(f"CREATE POLICY {p} ON {t} {what} TO {RESIDENT_ROLE} {rows};" for p, t, what, rows in POLICIES),
        f"CREATE POLICY audit_entry_resident_only ON audit_entry {ONLY};",
    ]
)
SHUT_OUT = "\n".join(
    [
        "DROP POLICY audit_entry_resident_only ON audit_entry;",
        *(f"DROP POLICY {p} ON {t};" for p, t, _, _ in POLICIES),
        *(f"REVOKE {grant} FROM {RESIDENT_ROLE};" for grant in GRANTS),
        f"REVOKE USAGE ON SCHEMA public FROM {RESIDENT_ROLE};",
        FORGET_WHO,
    ]
)


class Migration(migrations.Migration):
    """The resident role of the database: on which tables it has rights, and which rows it sees and writes there."""

    dependencies = [
        ("portal", "0001_initial"),
        ("access", "0003_audit_policies"),
        ("calendars", "0002_revisions_are_kept"),
        ("events", "0001_initial"),
        ("registry", "0002_row_level_security"),
        ("eligibility", "0002_row_level_security"),
        ("publishing", "0001_initial"),
        ("casework", "0003_after_the_decision"),
        ("payments", "0002_safeguards"),
    ]
    operations = [
        protect("portal_code"),
        protect("portal_session"),
        protect("portal_reply"),
        protect("portal_concern"),
        protect("portal_happiness_code"),
        migrations.RunSQL(LET_IN, SHUT_OUT),
    ]

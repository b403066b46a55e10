from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.accounts.types import OWNER_ROLE
from minsheng.foundation.audit.schema import append_only

TABLES = (
    "casework_case",
    "casework_act",
    "casework_authorisation",
    "casework_investigation",
    "casework_check",
    "casework_opinion",
    "casework_notice",
    "casework_objection",
    "casework_decision",
    "casework_adjustment",
    "casework_document",
    "casework_delay",
)

# No benefit without every step of the procedure behind it, and none decided by somebody who prepared it: whoever
# writes the row, and by whichever code. Steps of an investigation must belong to the case's present round.
NO_SHORTCUT = """
CREATE FUNCTION casework_no_shortcut() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held casework_case%ROWTYPE;
    missing text;
BEGIN
    IF NEW.outcome NOT IN ('grant', 'advance') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO held FROM casework_case WHERE id = NEW.case_id;
    IF held.id IS NULL OR NOT EXISTS (
        SELECT 1 FROM casework_act WHERE case_id = NEW.case_id AND act = 'accept'
    ) THEN
        RAISE EXCEPTION 'casework_no_shortcut: case % was never accepted', NEW.case_id;
    END IF;
    IF NEW.outcome = 'grant' THEN
        IF cardinality(held.required) = 0 THEN
            RAISE EXCEPTION 'casework_no_shortcut: case % has no procedure', NEW.case_id;
        END IF;
        SELECT string_agg(step, ', ') INTO missing FROM unnest(held.required) AS step
        WHERE NOT EXISTS (
            SELECT 1 FROM casework_act done
            WHERE done.case_id = NEW.case_id AND done.act = step
              AND (done.round = held.round OR step IN
                   ('submit', 'authorise', 'accept', 'start_investigation', 'request_check'))
        );
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'casework_no_shortcut: case % lacks %', NEW.case_id, missing;
        END IF;
    END IF;
    IF EXISTS (
        SELECT 1 FROM casework_act done WHERE done.case_id = NEW.case_id AND done.account_id = NEW.decided_by
          AND done.act IN ('accept', 'record_investigation', 'sign_investigation', 'give_opinion', 'forward')
    ) THEN
        RAISE EXCEPTION 'casework_no_shortcut: case % is decided by somebody who prepared it', NEW.case_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_decision_no_shortcut BEFORE INSERT ON casework_decision
    FOR EACH ROW EXECUTE FUNCTION casework_no_shortcut();
"""

# The public reads one row by an exact key through these functions, which run as the owner; no table is open to it.
PUBLIC_DOORS = f"""
CREATE POLICY casework_notice_public ON casework_notice FOR SELECT TO {OWNER_ROLE} USING (true);
CREATE POLICY casework_document_public ON casework_document FOR SELECT TO {OWNER_ROLE} USING (true);
CREATE FUNCTION casework_public_notice(wanted text, today date)
RETURNS TABLE (scheme_title text, name text, household_size smallint, amount_fen bigint, monthly boolean,
               starts_date date, last_date date, office text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.scheme_title, n.name, n.household_size, n.amount_fen, n.monthly, n.starts_date, n.last_date, n.office
    FROM casework_notice n
    WHERE n.token = wanted AND n.taken_down_date IS NULL AND today BETWEEN n.starts_date AND n.last_date
$$;
CREATE FUNCTION casework_verified_letter(wanted text)
RETURNS TABLE (kind text, number text, office text, issued text, sha256 text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.kind, d.data ->> 'number', d.data ->> 'issuer', d.data ->> 'date', d.sha256
    FROM casework_document d WHERE d.code = wanted
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial"), ("access", "0002_row_level_security"), ("audit", "0002_append_only")]
    operations = [
        *(protect(table) for table in TABLES),
        append_only("casework_act"),
        append_only("casework_decision"),
        migrations.RunSQL(
            NO_SHORTCUT,
            "DROP TRIGGER casework_decision_no_shortcut ON casework_decision; DROP FUNCTION casework_no_shortcut();",
        ),
        migrations.RunSQL(
            PUBLIC_DOORS,
            """DROP FUNCTION casework_verified_letter(text); DROP FUNCTION casework_public_notice(text, date);
            DROP POLICY casework_document_public ON casework_document;
            DROP POLICY casework_notice_public ON casework_notice;""",
        ),
    ]

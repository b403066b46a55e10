from django.db import migrations

from minsheng.foundation.access.rls import MY_AREAS, MY_AREAS_AND_GLASS

# Officers' roles stand alone, and whoever proposes, approves and holds a grant are three people: compared by the person
# behind the account (its staff number), for grants that are approved and whose days overlap.
APART = """
CREATE FUNCTION access_person(bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(nullif(holder, ''), 'account:' || id) FROM accounts_account WHERE id = $1
$$;
CREATE FUNCTION access_grant_keeps_apart() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.approved_by_id IS NULL THEN RETURN NEW; END IF;
    IF access_person(NEW.approved_by_id) IN (access_person(NEW.granted_by_id), access_person(NEW.account_id)) THEN
        RAISE EXCEPTION 'access_grant: proposer, approver and holder are different people'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('access_grant:' || access_person(NEW.account_id)));
    IF EXISTS (
        SELECT 1 FROM access_grant other
        WHERE other.id IS DISTINCT FROM NEW.id
          AND other.approved_by_id IS NOT NULL
          AND other.role <> NEW.role
          AND (other.apart OR NEW.apart)
          AND access_person(other.account_id) = access_person(NEW.account_id)
          AND daterange(other.valid_from, other.valid_to) && daterange(NEW.valid_from, NEW.valid_to)
    ) THEN
        RAISE EXCEPTION 'access_grant: an officer''s role stands alone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_grant_apart BEFORE INSERT OR UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION access_grant_keeps_apart();
"""
TOGETHER = """
DROP TRIGGER access_grant_apart ON access_grant;
DROP FUNCTION access_grant_keeps_apart(); DROP FUNCTION access_person(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0004_duty_and_glass"), ("accounts", "0003_passwords_and_disabling")]
    operations = [
        # Until now the officers' roles were exactly those that see no records.
        migrations.RunSQL("UPDATE access_grant SET apart = NOT sees_records", migrations.RunSQL.noop),
        migrations.RunSQL(APART, TOGETHER),
        migrations.RunSQL(MY_AREAS_AND_GLASS, MY_AREAS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]

from django.db import migrations

from minsheng.foundation.access.rls import IN_MY_AREAS
from minsheng.foundation.accounts.schema import two_people

# An export is seen in the areas of whoever prepared it, and by auditors. Its file is seen by one account, while it is
# let go and its time runs; deleted by the function alone, which asks the same question the other way round.
RULES = f"""
ALTER TABLE exports_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports_export FORCE ROW LEVEL SECURITY;
CREATE POLICY exports_export_area ON exports_export
    USING ({IN_MY_AREAS.format(column="area_id")}) WITH CHECK ({IN_MY_AREAS.format(column="area_id")});
CREATE POLICY exports_export_audit ON exports_export FOR SELECT USING ((SELECT access_sees_audit()));
ALTER TABLE exports_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE exports_file FORCE ROW LEVEL SECURITY;
CREATE POLICY exports_file_taker ON exports_file FOR SELECT USING (
    account_id = nullif(current_setting('minsheng.account', true), '')::bigint
    AND EXISTS (
        SELECT 1 FROM exports_export held WHERE held.code = export_id AND held.state = 'ready'
          AND held.account_id = exports_file.account_id
          AND held.until > nullif(current_setting('minsheng.at', true), '')::timestamptz));
CREATE POLICY exports_file_maker ON exports_file FOR INSERT
    WITH CHECK (account_id = nullif(current_setting('minsheng.account', true), '')::bigint);
CREATE FUNCTION exports_forget() RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM exports_file gone USING exports_export held
    WHERE held.code = gone.export_id
      AND (held.state = 'refused' OR held.until <= nullif(current_setting('minsheng.at', true), '')::timestamptz)
    RETURNING held.code
$$;
CREATE FUNCTION exports_keep() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (to_jsonb(OLD) - '{{until,state,decided_by,decided_by_name,decided_at,note,cleared_at}}'::text[])
        IS DISTINCT FROM (to_jsonb(NEW) - '{{until,state,decided_by,decided_by_name,decided_at,note,cleared_at}}'::text[])
        OR (OLD.state <> 'waiting' AND (OLD.state, OLD.until) IS DISTINCT FROM (NEW.state, NEW.until)) THEN
        RAISE EXCEPTION 'an export stays as it was prepared and decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER exports_export_kept BEFORE UPDATE ON exports_export FOR EACH ROW EXECUTE FUNCTION exports_keep();
"""
UNDO = """
DROP TRIGGER exports_export_kept ON exports_export;
DROP FUNCTION exports_keep();
DROP FUNCTION exports_forget();
DROP POLICY exports_file_maker ON exports_file;
DROP POLICY exports_file_taker ON exports_file;
DROP POLICY exports_export_audit ON exports_export;
DROP POLICY exports_export_area ON exports_export;
"""


class Migration(migrations.Migration):
    """Who sees an export and its file, who may let it go, and that it stays what it was."""

    dependencies = [("exports", "0001_initial"), ("access", "0003_audit_policies"), ("accounts", "0004_same_person")]
    operations = [migrations.RunSQL(RULES, UNDO), two_people("exports_export", "account_id", "decided_by")]

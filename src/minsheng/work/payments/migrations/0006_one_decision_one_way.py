from django.db import migrations

# A decision pays by one way: what a grant was opened on no float may pay, and the other way round. Two tables cannot
# share a unique constraint, so both write the reference into a third one.
DECISIONS = """
CREATE TABLE payments_decision_used (decision_ref varchar(64) PRIMARY KEY);
REVOKE ALL ON payments_decision_used FROM minsheng_app;
INSERT INTO payments_decision_used SELECT decision_ref FROM payments_grant
    UNION SELECT decision_ref FROM payments_float_draw;
CREATE FUNCTION payments_use_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_decision_used SELECT decision_ref FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_grant_uses_decision AFTER INSERT ON payments_grant
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payments_use_decision();
CREATE TRIGGER payments_float_draw_uses_decision AFTER INSERT ON payments_float_draw
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payments_use_decision();
CREATE TRIGGER payments_grant_decision_kept BEFORE UPDATE ON payments_grant FOR EACH ROW
    WHEN ((OLD.decision_ref, OLD.decision_sha256, OLD.once, OLD.scheme, OLD.household_id, OLD.person_id)
          IS DISTINCT FROM
          (NEW.decision_ref, NEW.decision_sha256, NEW.once, NEW.scheme, NEW.household_id, NEW.person_id))
    EXECUTE FUNCTION payments_refuse();
"""
NO_DECISIONS = """
DROP TRIGGER payments_grant_uses_decision ON payments_grant;
DROP TRIGGER payments_float_draw_uses_decision ON payments_float_draw;
DROP TRIGGER payments_grant_decision_kept ON payments_grant;
DROP FUNCTION payments_use_decision();
DROP TABLE payments_decision_used;
"""
# Nobody becomes the payee but by an account that names them and that two people stand for.
PAYEES = """
CREATE FUNCTION payments_payee_by_two() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM payments_account a WHERE a.grant_id = NEW.id AND a.ended_at IS NULL
                   AND a.payee_person_id = NEW.payee_person_id AND a.approved_by IS NOT NULL) THEN
        RAISE EXCEPTION 'grant %: no approved account names this payee', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_grant_payee_by_two BEFORE UPDATE ON payments_grant FOR EACH ROW
    WHEN (OLD.payee_person_id IS DISTINCT FROM NEW.payee_person_id) EXECUTE FUNCTION payments_payee_by_two();
CREATE TRIGGER payments_account_kept BEFORE UPDATE ON payments_account FOR EACH ROW
    WHEN ((OLD.grant_id, OLD.payee_person_id, OLD.payee_role, OLD.holder_name, OLD.entered_by)
          IS DISTINCT FROM
          (NEW.grant_id, NEW.payee_person_id, NEW.payee_role, NEW.holder_name, NEW.entered_by)
          OR (OLD.approved_at IS NOT NULL AND (OLD.approved_at, OLD.approved_by)
              IS DISTINCT FROM (NEW.approved_at, NEW.approved_by)))
    EXECUTE FUNCTION payments_refuse();
"""
NO_PAYEES = """
DROP TRIGGER payments_grant_payee_by_two ON payments_grant;
DROP TRIGGER payments_account_kept ON payments_account;
DROP FUNCTION payments_payee_by_two();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_once_and_payees")]
    operations = [migrations.RunSQL(DECISIONS, NO_DECISIONS), migrations.RunSQL(PAYEES, NO_PAYEES)]

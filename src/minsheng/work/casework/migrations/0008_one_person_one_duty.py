from django.db import migrations

# Who prepared a case does not decide it: a person is one person, however many accounts they have.
BY_PERSON = """
CREATE FUNCTION casework_decided_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE decider text;
BEGIN
    SELECT coalesce(nullif(a.holder, ''), 'account:' || a.id) INTO decider
    FROM accounts_account a WHERE a.id = NEW.decided_by;
    IF EXISTS (
        SELECT 1 FROM casework_act done JOIN accounts_account a ON a.id = done.account_id
        WHERE done.case_id = NEW.case_id AND coalesce(nullif(a.holder, ''), 'account:' || a.id) = decider
          AND done.act IN ('accept', 'record_investigation', 'sign_investigation', 'give_opinion', 'forward')
    ) THEN
        RAISE EXCEPTION 'casework_no_shortcut: case % is decided by the person who prepared it', NEW.case_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casework_decision_by_another BEFORE INSERT ON casework_decision FOR EACH ROW
    WHEN (NEW.outcome IN ('grant', 'advance')) EXECUTE FUNCTION casework_decided_by_another();
"""
UNDO = """
DROP TRIGGER casework_decision_by_another ON casework_decision;
DROP FUNCTION casework_decided_by_another();
"""


class Migration(migrations.Migration):
    dependencies = [("casework", "0007_decisions_bear_a_mac"), ("accounts", "0002_holder")]
    operations = [migrations.RunSQL(BY_PERSON, UNDO)]

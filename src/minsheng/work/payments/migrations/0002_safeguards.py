from django.db import migrations

from minsheng.foundation.access.rls import protect, protect_through
from minsheng.foundation.audit.schema import append_only

BALANCE = """
-- Each statement that writes entries leaves one row for each posting that it touched; that row is checked when the
-- transaction ends. A check for each entry would read a posting of 40,000 entries 40,000 times.
CREATE TABLE payments_balance_due (posting_id bigint NOT NULL);
REVOKE ALL ON payments_balance_due FROM minsheng_app;

CREATE FUNCTION payments_note_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO payments_balance_due SELECT DISTINCT posting_id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_entry_noted AFTER INSERT ON payments_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payments_note_entries();

CREATE FUNCTION payments_must_balance() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE total numeric;
BEGIN
    SELECT sum(amount_fen) INTO total FROM payments_entry WHERE posting_id = NEW.posting_id;
    IF total IS DISTINCT FROM 0 THEN
        RAISE EXCEPTION 'posting % does not balance: % fen', NEW.posting_id, total USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM payments_balance_due WHERE posting_id = NEW.posting_id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payments_balances AFTER INSERT ON payments_balance_due
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_must_balance();
"""
NO_BALANCE = """
DROP TRIGGER payments_entry_noted ON payments_entry;
DROP TABLE payments_balance_due;
DROP FUNCTION payments_note_entries();
DROP FUNCTION payments_must_balance();
"""

DUTIES = """
CREATE FUNCTION payments_name_holder() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT coalesce(nullif(a.holder, ''), 'account:' || a.id) INTO STRICT NEW.holder
    FROM accounts_account a WHERE a.id = NEW.account_id;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_duty_holder BEFORE INSERT ON payments_duty
    FOR EACH ROW EXECUTE FUNCTION payments_name_holder();

CREATE FUNCTION payments_run_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE signed int;
BEGIN
    IF NOT (
        (OLD.state = 'compiled' AND NEW.state = 'locked') OR (OLD.state = 'locked' AND NEW.state = 'signed')
        OR (OLD.state IN ('locked', 'signed') AND NEW.state = 'compiled')
        OR (OLD.state = 'signed' AND NEW.state = 'released') OR (OLD.state = 'released' AND NEW.state = 'settled')
    ) THEN
        RAISE EXCEPTION 'run %: % does not become %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('signed', 'released', 'settled') THEN
        SELECT count(DISTINCT holder) INTO signed FROM payments_duty
        WHERE run_id = NEW.id AND round = NEW.round AND act = 'sign' AND total_fen = NEW.total_locked_fen
          AND lines = NEW.lines_locked;
        IF signed < NEW.signatures_needed THEN
            RAISE EXCEPTION 'run %: % of % signatures', NEW.id, signed, NEW.signatures_needed
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.state = 'released' AND (
        NOT EXISTS (SELECT 1 FROM payments_duty WHERE run_id = NEW.id AND round = NEW.round AND act = 'release')
        OR NOT EXISTS (SELECT 1 FROM payments_bank_file
                       WHERE run_id = NEW.id AND total_fen = NEW.total_locked_fen AND lines = NEW.lines_locked)
    ) THEN
        RAISE EXCEPTION 'run %: no releaser, or a bank file that differs from what was signed', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'settled'
        AND NOT EXISTS (SELECT 1 FROM payments_duty WHERE run_id = NEW.id AND round = NEW.round AND act = 'settle') THEN
        RAISE EXCEPTION 'run %: nobody reconciled it', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_run_moves BEFORE UPDATE ON payments_run
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION payments_run_moves();

CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: this change is refused', TG_TABLE_NAME USING ERRCODE = 'check_violation'; END $$;
CREATE TRIGGER payments_run_kept BEFORE UPDATE ON payments_run FOR EACH ROW
    WHEN (OLD.state <> 'compiled' AND NEW.state <> 'compiled'
          AND (OLD.total_locked_fen, OLD.lines_locked, OLD.signatures_needed, OLD.round, OLD.month, OLD.area_id)
              IS DISTINCT FROM
              (NEW.total_locked_fen, NEW.lines_locked, NEW.signatures_needed, NEW.round, NEW.month, NEW.area_id))
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_file_kept BEFORE UPDATE ON payments_bank_file FOR EACH ROW
    WHEN ((OLD.run_id, OLD.name, OLD.sha256, OLD.content_sealed, OLD.total_fen, OLD.lines)
          IS DISTINCT FROM (NEW.run_id, NEW.name, NEW.sha256, NEW.content_sealed, NEW.total_fen, NEW.lines)
          OR (OLD.state IS DISTINCT FROM NEW.state AND NOT (
              (OLD.state = 'made' AND NEW.state = 'sending') OR (OLD.state = 'sending' AND NEW.state IN ('sent', 'unknown'))
              OR (OLD.state = 'unknown' AND NEW.state = 'sent'))))
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_file_never_deleted BEFORE DELETE ON payments_bank_file FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
"""
NO_DUTIES = """
DROP TRIGGER payments_duty_holder ON payments_duty;
DROP TRIGGER payments_run_moves ON payments_run;
DROP TRIGGER payments_run_kept ON payments_run;
DROP TRIGGER payments_file_kept ON payments_bank_file;
DROP TRIGGER payments_file_never_deleted ON payments_bank_file;
DROP FUNCTION payments_name_holder();
DROP FUNCTION payments_run_moves();
DROP FUNCTION payments_refuse() CASCADE;
"""

LINES = """
CREATE TRIGGER payments_line_moves BEFORE UPDATE ON payments_line FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state AND NOT (
        (OLD.state = 'planned' AND NEW.state IN ('held', 'sent')) OR (OLD.state = 'held' AND NEW.state = 'planned')
        OR (OLD.state = 'sent' AND NEW.state IN ('paid', 'returned', 'unknown'))
        OR (OLD.state = 'unknown' AND NEW.state IN ('paid', 'returned'))))
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_line_kept BEFORE UPDATE ON payments_line FOR EACH ROW
    WHEN ((OLD.run_id, OLD.grant_id, OLD.scheme, OLD.household_id, OLD.person_id, OLD.month, OLD.kind, OLD.amount_fen,
           OLD.deducted_fen, OLD.account_row_id, OLD.area_id)
          IS DISTINCT FROM
          (NEW.run_id, NEW.grant_id, NEW.scheme, NEW.household_id, NEW.person_id, NEW.month, NEW.kind, NEW.amount_fen,
           NEW.deducted_fen, NEW.account_row_id, NEW.area_id))
    EXECUTE FUNCTION payments_refuse();

CREATE FUNCTION payments_lines_fit_run() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE wrong bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT count(*) INTO wrong FROM touched t LEFT JOIN payments_run r ON r.id = t.run_id
        WHERE r.state IS NULL OR (t.state IN ('sent', 'unknown', 'paid', 'returned')
                                  AND r.state NOT IN ('released', 'settled'));
    ELSIF TG_OP = 'DELETE' THEN
        SELECT count(*) INTO wrong FROM touched t LEFT JOIN payments_run r ON r.id = t.run_id
        WHERE r.state IS DISTINCT FROM 'compiled';
    ELSE
        SELECT count(*) INTO wrong FROM touched t LEFT JOIN payments_run r ON r.id = t.run_id
        WHERE r.state IS DISTINCT FROM 'compiled' OR t.state <> 'planned';
    END IF;
    IF wrong > 0 THEN
        RAISE EXCEPTION 'payments_line: % lines do not fit the state of their run', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_line_written AFTER INSERT ON payments_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_fit_run();
CREATE TRIGGER payments_line_changed AFTER UPDATE ON payments_line
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_fit_run();
CREATE TRIGGER payments_line_gone AFTER DELETE ON payments_line
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_fit_run();
"""
NO_LINES = """
DROP TRIGGER payments_line_moves ON payments_line;
DROP TRIGGER payments_line_kept ON payments_line;
DROP TRIGGER payments_line_written ON payments_line;
DROP TRIGGER payments_line_changed ON payments_line;
DROP TRIGGER payments_line_gone ON payments_line;
DROP FUNCTION payments_lines_fit_run();
"""

# Ranges have a GiST class of their own, so that no extension is needed for "this grant, these months".
AMOUNTS = """
ALTER TABLE payments_amount ADD CONSTRAINT payments_amount_no_overlap EXCLUDE USING gist (
    int8range(grant_id, grant_id, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("access", "0002_row_level_security"),
        ("accounts", "0002_holder"),
    ]
    operations = [
        *(
            protect(f"payments_{table}")
            for table in (
                "grant",
                "amount",
                "account",
                "run",
                "line",
                "finding",
                "bank_file",
                "entry",
                "follow_up",
                "recalculation",
                "recovery",
                "float",
                "float_reconciliation",
                "sample",
                "sample_line",
            )
        ),
        protect_through("payments_duty", key="run_id", parent="payments_run"),
        append_only("payments_posting"),
        append_only("payments_entry"),
        append_only("payments_duty"),
        migrations.RunSQL(BALANCE, NO_BALANCE),
        migrations.RunSQL(DUTIES, NO_DUTIES),
        migrations.RunSQL(LINES, NO_LINES),
        migrations.RunSQL(
            AMOUNTS, "ALTER TABLE payments_amount DROP CONSTRAINT payments_amount_no_overlap"
        ),
    ]

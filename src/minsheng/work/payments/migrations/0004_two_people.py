from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only

# Four eyes mean two human beings: one person with two accounts is one. The columns that name them are the arguments.
TWO_PEOPLE = """
CREATE FUNCTION payments_two_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE people int;
BEGIN
    SELECT count(DISTINCT coalesce(nullif(a.holder, ''), 'account:' || a.id)) INTO people FROM accounts_account a
    WHERE a.id IN ((to_jsonb(NEW)->>TG_ARGV[0])::bigint, (to_jsonb(NEW)->>TG_ARGV[1])::bigint);
    IF people <> 2 THEN
        RAISE EXCEPTION '%: % and % must be two people', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
PAIRS = (
    ("payments_account", "entered_by", "approved_by"),
    ("payments_recalculation", "found_by", "decided_by"),
    ("payments_float_draw", "asked_by", "paid_by"),
    ("payments_float_reconciliation", "account_id", "confirmed_by"),
)
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_two_people BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
    f" WHEN (NEW.{second} IS NOT NULL) EXECUTE FUNCTION payments_two_people('{first}', '{second}');"
    for table, first, second in PAIRS
)
# What was decided, handed over and counted stays: only the marks of the next step may be set, once.
KEPT = """
CREATE TRIGGER payments_float_draw_kept BEFORE UPDATE ON payments_float_draw FOR EACH ROW
    WHEN ((OLD.float_id, OLD.area_id, OLD.household_id, OLD.person_id, OLD.use, OLD.scheme, OLD.amount_fen,
           OLD.decision_ref, OLD.decision_sha256, OLD.asked_by)
          IS DISTINCT FROM
          (NEW.float_id, NEW.area_id, NEW.household_id, NEW.person_id, NEW.use, NEW.scheme, NEW.amount_fen,
           NEW.decision_ref, NEW.decision_sha256, NEW.asked_by)
          OR OLD.paid_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_float_draw_never_deleted BEFORE DELETE ON payments_float_draw FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_float_count_kept BEFORE UPDATE ON payments_float_reconciliation FOR EACH ROW
    WHEN ((OLD.float_id, OLD.area_id, OLD.month, OLD.book_fen, OLD.counted_fen, OLD.note, OLD.account_id)
          IS DISTINCT FROM
          (NEW.float_id, NEW.area_id, NEW.month, NEW.book_fen, NEW.counted_fen, NEW.note, NEW.account_id)
          OR OLD.confirmed_at IS NOT NULL)
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_float_count_never_deleted BEFORE DELETE ON payments_float_reconciliation FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_sample_kept BEFORE UPDATE ON payments_sample FOR EACH ROW
    WHEN ((OLD.run_id, OLD.area_id, OLD.seed, OLD.population, OLD.size, OLD.confidence_percent, OLD.margin_permille)
          IS DISTINCT FROM
          (NEW.run_id, NEW.area_id, NEW.seed, NEW.population, NEW.size, NEW.confidence_percent, NEW.margin_permille)
          OR OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_sample_never_deleted BEFORE DELETE ON payments_sample FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_sample_line_kept BEFORE UPDATE ON payments_sample_line FOR EACH ROW
    WHEN ((OLD.sample_id, OLD.line_id, OLD.area_id) IS DISTINCT FROM (NEW.sample_id, NEW.line_id, NEW.area_id)
          OR OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION payments_refuse();
CREATE TRIGGER payments_sample_line_never_deleted BEFORE DELETE ON payments_sample_line FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
"""
NAMES = (
    *((f"{table}_two_people", table) for table, _, _ in PAIRS),
    ("payments_float_draw_kept", "payments_float_draw"),
    ("payments_float_draw_never_deleted", "payments_float_draw"),
    ("payments_float_count_kept", "payments_float_reconciliation"),
    ("payments_float_count_never_deleted", "payments_float_reconciliation"),
    ("payments_sample_kept", "payments_sample"),
    ("payments_sample_never_deleted", "payments_sample"),
    ("payments_sample_line_kept", "payments_sample_line"),
    ("payments_sample_line_never_deleted", "payments_sample_line"),
)
UNDO = "".join(f"DROP TRIGGER {name} ON {table};" for name, table in NAMES) + "DROP FUNCTION payments_two_people();"


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_floats_and_samples"), ("accounts", "0002_holder")]
    operations = [
        protect("payments_float_ceiling"),
        protect("payments_float_draw"),
        append_only("payments_float_ceiling"),
        migrations.RunSQL(TWO_PEOPLE + TRIGGERS + KEPT, UNDO),
    ]

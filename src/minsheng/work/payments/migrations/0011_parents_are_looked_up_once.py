import django.db.models.deletion
from django.db import migrations, models

# A foreign key is checked once for each row: 20,000 lines ask 20,000 times for their one run, 40,000 entries for their one
# posting, a tenth of a run. The triggers of these tables see all rows of a statement at once and ask once. For lines,
# payments_lines_fit_run refuses those without a run since 0002; entries leave a row for each posting that they touch in
# payments_balance_due, and that row has the foreign key now. Neither a run nor a posting can be deleted or get another number, nor can a line
# or an entry change its parent (payments_line_kept, append_only), so nothing is left that a key for each row would see.
ONCE = """
ALTER TABLE payments_balance_due ADD CONSTRAINT payments_balance_due_posting
    FOREIGN KEY (posting_id) REFERENCES payments_posting (id);
CREATE TRIGGER payments_run_never_deleted BEFORE DELETE OR UPDATE OF id ON payments_run FOR EACH ROW
    EXECUTE FUNCTION payments_refuse();
"""
EACH = """
DROP TRIGGER payments_run_never_deleted ON payments_run;
ALTER TABLE payments_balance_due DROP CONSTRAINT payments_balance_due_posting;
"""


class Migration(migrations.Migration):
    """A line's run and an entry's posting are looked up once a statement."""

    dependencies = [("payments", "0010_no_index_names_a_lines_state")]
    operations = [
        migrations.RunSQL(ONCE, EACH),
        migrations.AlterField(
            "line",
            "run",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="payments.run",
            ),
        ),
        migrations.AlterField(
            "entry",
            "posting",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="payments.posting",
            ),
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    """Each entry knows the transaction that wrote it, so that sealing finds what was committed late.

    Not a field of the model: nobody sets it, and an entry says the same without it. The default is evaluated while the
    row is made, so the transaction has its number before anybody can look.
    """

    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE audit_entry ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
            CREATE INDEX audit_entry_written_in ON audit_entry (written_in);
            """,
            "ALTER TABLE audit_entry DROP COLUMN written_in;",
        )
    ]

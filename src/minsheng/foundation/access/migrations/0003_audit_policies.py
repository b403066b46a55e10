from django.db import migrations

from minsheng.foundation.access.rls import IN_MY_AREAS


class Migration(migrations.Migration):
    """Everybody may write audit entries; one reads those of one's areas, one's own, or all as an auditor."""

    dependencies = [("access", "0002_row_level_security"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            f"""
            ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
            ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
            CREATE POLICY audit_entry_write ON audit_entry FOR INSERT WITH CHECK (true);
            CREATE POLICY audit_entry_read ON audit_entry FOR SELECT USING (
                (SELECT access_sees_audit())
                OR {IN_MY_AREAS.format(column="area_id")}
                OR account_id = nullif(current_setting('minsheng.account', true), '')::bigint
            );
            """,
            "DROP POLICY audit_entry_write ON audit_entry; DROP POLICY audit_entry_read ON audit_entry;"
            "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY;",
        )
    ]

"""What makes a table a record: nobody changes or cuts it. For the migrations of every room that keeps one."""

from django.db import migrations

from minsheng.foundation.accounts.types import APP_ROLE


def append_only(table: str) -> migrations.RunSQL:
    """This function will make a table one that nobody may change or cut, the owner included."""
    return migrations.RunSQL(
        sql=f"""
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE};
            CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{table} is append-only'; END $$;
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only();
            CREATE TRIGGER {table}_never_cut BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only();
        """,
        reverse_sql=f"""
            DROP TRIGGER {table}_append_only ON {table};
            DROP TRIGGER {table}_never_cut ON {table};
            DROP FUNCTION {table}_is_append_only();
        """,
    )

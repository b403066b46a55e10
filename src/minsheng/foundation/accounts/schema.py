"""What makes four eyes two human beings: one person with two accounts is one. For the migrations of every room."""

from django.db import migrations


def two_people(table: str, first: str, second: str) -> migrations.RunSQL:
    """This function will have the database refuse a row whose two columns name accounts of one person."""
    return migrations.RunSQL(
        sql=f"""
            CREATE FUNCTION {table}_two_people() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM accounts_of_same_person(NEW.{first}) AS same(id) WHERE same.id = NEW.{second})
                THEN RAISE EXCEPTION '{table}: {first} and {second} must be two people'
                    USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER {table}_two_people BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW
                WHEN (NEW.{first} IS NOT NULL AND NEW.{second} IS NOT NULL) EXECUTE FUNCTION {table}_two_people();
        """,
        reverse_sql=f"DROP TRIGGER {table}_two_people ON {table}; DROP FUNCTION {table}_two_people();",
    )

from django.db import migrations

# The residents' role has no right to the table of accounts, and needs none: of an account it may learn which others
# are the same human being's, because duties are separated by person also where a resident hands something in.
FUNCTION = """
CREATE FUNCTION accounts_of_same_person(account bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT account
    UNION
    SELECT other.id FROM accounts_account held JOIN accounts_account other ON other.holder = held.holder
    WHERE held.id = account AND held.holder <> ''
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_passwords_and_disabling")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION accounts_of_same_person(bigint)")]

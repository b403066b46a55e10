from django.db import migrations

from minsheng.foundation.access.rls import protect

# A number that is registered outside the asker's areas must be answered neutrally, so somebody has to know; the
# function tells whether, never who or where.
KNOWN_ANYWHERE = """
CREATE FUNCTION registry_id_is_registered(wanted bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM registry_person WHERE id_index = wanted AND merged_into_id IS NULL)
        OR EXISTS (SELECT 1 FROM registry_person WHERE id_index = wanted AND merged_into_id IS NOT NULL)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [
        protect("registry_dwelling"),
        protect("registry_household"),
        protect("registry_person"),
        protect("registry_membership"),
        protect("registry_relation"),
        protect("registry_statement"),
        protect("registry_merge"),
        protect("registry_thing"),
        migrations.RunSQL(KNOWN_ANYWHERE, "DROP FUNCTION registry_id_is_registered(bytea)"),
    ]

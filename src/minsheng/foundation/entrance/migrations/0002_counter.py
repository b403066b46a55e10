from django.db import migrations

# The columns that Django's database cache expects (`createcachetable`); made here, as the app role may make no table.
COUNTER = """
CREATE TABLE entrance_counter (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX entrance_counter_expires ON entrance_counter (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("entrance", "0001_initial")]
    operations = [migrations.RunSQL(COUNTER, "DROP TABLE entrance_counter")]

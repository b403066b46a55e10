from django.db import migrations

# Core PostgreSQL has no GiST for text (that is btree_gist), but it has one for ranges: a code is a range of one number.
VERSIONS = """
ALTER TABLE places_division ADD CONSTRAINT places_division_no_overlap EXCLUDE USING gist (
    int8range(code::bigint, code::bigint, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
);
ALTER TABLE places_shape ADD CONSTRAINT places_shape_no_overlap EXCLUDE USING gist (
    int8range(code::bigint, code::bigint, '[]') WITH &&, daterange(valid_from, valid_to) WITH &&
) WHERE (withdrawn_at IS NULL);
"""
FORGET = """
ALTER TABLE places_division DROP CONSTRAINT places_division_no_overlap;
ALTER TABLE places_shape DROP CONSTRAINT places_shape_no_overlap;
"""


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunSQL(VERSIONS, FORGET)]

from django.db import migrations

from minsheng.foundation.access.rls import protect
from minsheng.foundation.audit.schema import append_only

STAYS = """
CREATE FUNCTION publishing_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what is published stays: draft a new version instead'; END $$;
CREATE TRIGGER publishing_publication_stays BEFORE UPDATE OR DELETE ON publishing_publication
    FOR EACH ROW WHEN (OLD.status = 'published') EXECUTE FUNCTION publishing_stays();
CREATE FUNCTION publishing_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM publishing_publication held WHERE held.status = 'published'
        AND held.id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.publication_id ELSE OLD.publication_id END,
                        CASE WHEN TG_OP = 'DELETE' THEN OLD.publication_id ELSE NEW.publication_id END)
    ) THEN RAISE EXCEPTION 'what is published stays: draft a new version instead'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publishing_version_stays BEFORE INSERT OR UPDATE OR DELETE ON publishing_version
    FOR EACH ROW EXECUTE FUNCTION publishing_version_stays();
"""
MAY_CHANGE = """
DROP TRIGGER publishing_publication_stays ON publishing_publication;
DROP TRIGGER publishing_version_stays ON publishing_version;
DROP FUNCTION publishing_stays();
DROP FUNCTION publishing_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial"), ("access", "0002_row_level_security")]
    operations = [
        protect("publishing_trial_line"),
        append_only("publishing_budget"),
        migrations.RunSQL(STAYS, MAY_CHANGE),
    ]

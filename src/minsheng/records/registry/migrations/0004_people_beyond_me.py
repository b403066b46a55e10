from django.db import migrations

from minsheng.foundation.access.rls import protect_through
from minsheng.foundation.accounts.schema import two_people
from minsheng.foundation.accounts.types import APP_ROLE
from minsheng.records.registry.schema import HOMES, PEOPLE, beyond, shield

BEYOND_ME = """
    WITH held AS MATERIALIZED (SELECT path, clearance FROM access_my_clearances())
    SELECT p.id FROM registry_person p JOIN access_area a ON a.id = p.area_id
    WHERE p.protection_level > 0 AND NOT EXISTS (
        SELECT 1 FROM held WHERE held.clearance >= p.protection_level AND a.path LIKE held.path || '%'
    )
"""
# Where such a person belongs today or will; a home that was left is everybody's again.
HOMES_BEYOND_ME = """
    SELECT m.household_id FROM registry_people_beyond_me() hidden(id) JOIN registry_membership m ON m.person_id = hidden.id
    WHERE m.valid_to IS NULL OR m.valid_to > nullif(current_setting('minsheng.day', true), '')::date
"""
# A label is what its labellings say: the column follows by trigger, on every record that is the same person, and the
# app role cannot write it. A labelling is written once; lowering is decided once, about the level that still stands.
KEPT = f"""
CREATE FUNCTION registry_label_is_not_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> '{APP_ROLE}' THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'registry_person: a label is set by a labelling' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER registry_person_label_made BEFORE INSERT ON registry_person
    FOR EACH ROW WHEN (NEW.protection_level <> 0) EXECUTE FUNCTION registry_label_is_not_written();
CREATE TRIGGER registry_person_label_kept BEFORE UPDATE OF protection_level ON registry_person
    FOR EACH ROW WHEN (NEW.protection_level <> OLD.protection_level)
    EXECUTE FUNCTION registry_label_is_not_written();
CREATE FUNCTION registry_labelling_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE stands smallint := (SELECT protection_level FROM registry_person WHERE id = NEW.person_id);
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'proposed' OR NEW.state = 'proposed'
        OR (to_jsonb(OLD) - '{{state,decided_at,decided_by,decided_by_name,answer}}'::text[])
            IS DISTINCT FROM (to_jsonb(NEW) - '{{state,decided_at,decided_by,decided_by_name,answer}}'::text[])) THEN
        RAISE EXCEPTION 'registry_labelling: what was said stays; a proposal is decided once'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.decided_by IS NOT NULL THEN
        RAISE EXCEPTION 'registry_labelling: nobody decides in the act of saying' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'refused' AND stands IS DISTINCT FROM NEW.level_before THEN
        RAISE EXCEPTION 'registry_labelling: the level is % by now', stands USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_labelling_kept BEFORE INSERT OR UPDATE ON registry_labelling
    FOR EACH ROW EXECUTE FUNCTION registry_labelling_kept();
CREATE FUNCTION registry_labelling_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH RECURSIVE up(id, next) AS (
        SELECT id, merged_into_id FROM registry_person WHERE id = NEW.person_id
        UNION SELECT p.id, p.merged_into_id FROM up JOIN registry_person p ON p.id = up.next
    ), down(id) AS (
        SELECT id FROM up WHERE next IS NULL
        UNION SELECT p.id FROM down JOIN registry_person p ON p.merged_into_id = down.id
    ) UPDATE registry_person SET protection_level = NEW.level_after WHERE id IN (SELECT id FROM down);
    RETURN NULL;
END $$;
CREATE TRIGGER registry_labelling_counts AFTER INSERT OR UPDATE ON registry_labelling
    FOR EACH ROW WHEN (NEW.state = 'in_force') EXECUTE FUNCTION registry_labelling_counts();
CREATE FUNCTION registry_labelling_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'registry_labelling is kept'; END $$;
CREATE TRIGGER registry_labelling_stays BEFORE DELETE ON registry_labelling
    FOR EACH ROW EXECUTE FUNCTION registry_labelling_stays();
REVOKE DELETE, TRUNCATE ON registry_labelling FROM {APP_ROLE};
"""
FORGOTTEN = f"""
GRANT DELETE, TRUNCATE ON registry_labelling TO {APP_ROLE};
DROP TRIGGER registry_labelling_stays ON registry_labelling; DROP FUNCTION registry_labelling_stays();
DROP TRIGGER registry_labelling_counts ON registry_labelling; DROP FUNCTION registry_labelling_counts();
DROP TRIGGER registry_labelling_kept ON registry_labelling; DROP FUNCTION registry_labelling_kept();
DROP TRIGGER registry_person_label_kept ON registry_person;
DROP TRIGGER registry_person_label_made ON registry_person; DROP FUNCTION registry_label_is_not_written();
"""
# In the trail: looks at people and homes that are not there, and who labelled whom, are for auditors (and one's own).
TRAIL = f"""
CREATE POLICY audit_entry_shield ON audit_entry AS RESTRICTIVE FOR SELECT TO {APP_ROLE} USING (
    object_type NOT IN ('registry.person', 'registry.household', 'registry.labelling')
    OR (SELECT access_sees_audit())
    OR CASE object_type
        WHEN 'registry.person' THEN object_id NOT IN (SELECT {PEOPLE}()::text)
        WHEN 'registry.household' THEN object_id NOT IN (SELECT {HOMES}()::text)
        ELSE account_id = nullif(current_setting('minsheng.account', true), '')::bigint
    END
);
"""
OF_PEOPLE = (
    f"(subject_kind <> 'person' OR subject_id NOT IN (SELECT {PEOPLE}()))"
    f" AND (subject_kind <> 'household' OR subject_id NOT IN (SELECT {HOMES}()))"
)


class Migration(migrations.Migration):
    """A person labelled above the asker's clearance is not there, nor the home, nor what hangs on either."""

    dependencies = [
        ("registry", "0003_security_labels"),
        ("access", "0007_clearance"),
        ("accounts", "0004_same_person"),
        ("audit", "0003_written_in"),
    ]
    operations = [
        beyond(PEOPLE, BEYOND_ME),
        beyond(HOMES, HOMES_BEYOND_ME),
        migrations.RunSQL(KEPT, FORGOTTEN),
        two_people("registry_labelling", "labelled_by", "decided_by"),
        protect_through("registry_labelling", key="person_id", parent="registry_person"),
        shield("registry_labelling", people=["person_id"]),
        shield("registry_person", people=["id"]),
        shield("registry_household", homes=["id"]),
        shield("registry_membership", people=["person_id"], homes=["household_id"]),
        shield("registry_relation", people=["person_id", "relative_id"]),
        shield("registry_merge", people=["kept_id", "merged_id"]),
        shield("registry_statement", given=OF_PEOPLE),
        migrations.RunSQL(TRAIL, "DROP POLICY audit_entry_shield ON audit_entry;"),
    ]

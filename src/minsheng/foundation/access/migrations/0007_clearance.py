from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from minsheng.foundation.access.rls import MY_CLEARANCES
from minsheng.foundation.access.sealed_columns import GRANT_ROW


def let_the_whole_be_whole(apps: Any, editor: Any) -> None:
    """Grants of roles that leave nobody out get their clearance; what did not bear its MAC before does not get one."""
    reach = {role.code: int(role.clearance) for role in settings.ROLE_CATALOGUE if role.whole}
    with editor.connection.cursor() as cursor:
        columns = GRANT_ROW.all_columns
        cursor.execute(f"SELECT id, mac, {', '.join(columns)} FROM access_grant WHERE role = ANY(%s)", [list(reach)])
        for number, kept, *found in cursor.fetchall():
            values = dict(zip(columns, found, strict=True))
            if kept is None or bytes(kept) != GRANT_ROW.over(row_id=number, values=values):
                continue
            values["clearance"] = reach[values["role"]]
            cursor.execute(
                "UPDATE access_grant SET clearance = %s, mac = %s WHERE id = %s",
                [values["clearance"], GRANT_ROW.over(row_id=number, values=values), number],
            )


class Migration(migrations.Migration):
    """A grant says up to which label of a person it reaches; the old ones reach 普通, and their MAC holds for that."""

    dependencies = [("access", "0006_grants_bear_a_mac")]
    operations = [
        migrations.AddField("grant", "clearance", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddConstraint(
            "grant",
            models.CheckConstraint(condition=Q(clearance__gte=0, clearance__lte=2), name="access_grant_clearance"),
        ),
        migrations.RunSQL(MY_CLEARANCES, "DROP FUNCTION access_my_clearances()"),
        migrations.RunPython(let_the_whole_be_whole, migrations.RunPython.noop),
    ]

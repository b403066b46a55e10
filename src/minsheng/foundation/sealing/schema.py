"""For migrations: rows that stand already get their MAC once, when the column comes."""

from typing import Any

from django.db import migrations

from minsheng.foundation.sealing.macs import RowMac


def sign_existing(mac: RowMac) -> migrations.RunPython:
    """This function will vouch for the rows of a table as they stand today; later ones are written with their MAC.

    From then on a row without one is not trusted, so nobody gains by taking a MAC away. An empty table wants no key.
    """

    def sign(apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {', '.join(mac.columns)} FROM {mac.table} ORDER BY id")
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.execute(f"ALTER TABLE {mac.table} DISABLE TRIGGER USER")  # append-only tables refuse their owner too
            for number, *values in rows:
                vouched = mac.over(row_id=number, values=dict(zip(mac.columns, values, strict=True)))
                cursor.execute(f"UPDATE {mac.table} SET mac = %s WHERE id = %s", [vouched, number])
            cursor.execute(f"ALTER TABLE {mac.table} ENABLE TRIGGER USER")

    return migrations.RunPython(sign, migrations.RunPython.noop)

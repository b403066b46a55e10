"""How long a search takes, by way of asking and by who asks, in a registry that is already loaded.

`make bench ONLY=search` uses the installation that the environment names, else the largest demo there is, and prints
one line of JSON: people, and for every (viewer, way of asking) the number of searches, p50 and p95 in milliseconds.
A search is the whole act: parse, find, masked rows, audit entry, in its own transaction, which is rolled back.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROUNDS = 40
SEED = 20261103
TARGET_MS = 50


def bench_search(*, rounds: int = ROUNDS, seed: int = SEED) -> dict[str, Any]:
    """This function will time `rounds` different searches of each kind for a district user and a community clerk.

    The accounts are the first that hold a searching role over the root area and over a community. Raises LookupError
    when there are no such accounts or no people.
    """
    from django.db import connection, transaction

    from minsheng.foundation.access.context import acting_as
    from minsheng.records.registry.operations import search_people

    at = datetime.now(UTC)
    chance = random.Random(seed)
    figures: dict[str, Any] = {}
    people = 0
    for who, viewer in _viewers(at):
        with acting_as(viewer=viewer, at=at), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_person")
            count = int(cursor.fetchone()[0])
        people = max(people, count)
        texts = _texts(viewer, at, chance, rounds)
        for kind, asked in texts.items():
            times, empty = [], 0
            for number, text in enumerate(asked[:1] + asked):  # the first one only warms up
                with transaction.atomic():
                    start = time.perf_counter()
                    page = search_people(viewer=viewer, at=at, text=text)
                    spent = (time.perf_counter() - start) * 1000
                    transaction.set_rollback(True)
                if number:
                    times.append(spent)
                    empty += not page.people
            times.sort()
            figures[f"{who}/{kind}"] = {
                "n": len(times),
                "p50_ms": round(times[len(times) // 2], 1),
                "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
                "empty": empty,
            }
        figures[f"{who}/people"] = count
    worst = max(f["p95_ms"] for f in figures.values() if isinstance(f, dict))
    return {"benchmark": "search", "people": people, "worst_p95_ms": worst, "by_viewer_and_kind": figures}


def _viewers(at: datetime) -> Iterator[tuple[str, Any]]:
    from django.db import connections

    from minsheng.foundation.access.queries import get_viewer

    with connections["owner"].cursor() as cursor:
        for who, depth in (("district", 0), ("community", 2)):
            cursor.execute(
                "SELECT g.account_id, a.username FROM access_grant g JOIN access_area x ON x.id = g.area_id"
                " JOIN accounts_account a ON a.id = g.account_id"
                " WHERE x.depth = %s AND g.approved_by_id IS NOT NULL AND g.sees_records"
                " AND g.role IN ('district_business', 'community_worker', 'grid_worker') ORDER BY g.account_id LIMIT 1",
                [depth],
            )
            found = cursor.fetchone()
            if found is None:
                raise LookupError(f"no account holds a searching role at depth {depth}; run `minsheng demo` first")
            yield who, get_viewer(account_id=found[0], name="", username=found[1], at=at)


def _texts(viewer: Any, at: datetime, chance: random.Random, rounds: int) -> dict[str, list[str]]:
    """Real texts: of people whom the viewer sees, drawn by chance."""
    from django.db import connection

    from minsheng.foundation.access.context import acting_as
    from minsheng.foundation.sealing import operations as sealing
    from minsheng.records.registry.sealed_columns import ID_NUMBER, PHONE

    with acting_as(viewer=viewer, at=at), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id, p.name, p.given_name, p.name_pinyin, p.name_initials, p.id_sealed, p.phone_sealed,
                a.name, d.estate, d.building, d.unit, d.room
            FROM registry_person p JOIN access_area a ON a.id = p.area_id
            JOIN registry_membership m ON m.person_id = p.id AND m.valid_to IS NULL
            JOIN registry_household h ON h.id = m.household_id JOIN registry_dwelling d ON d.id = h.dwelling_id
            WHERE p.id_sealed IS NOT NULL AND p.phone_sealed IS NOT NULL
            ORDER BY hashint8(p.id + %s) LIMIT %s
            """,
            [chance.randrange(1_000_000), rounds],
        )
        rows = cursor.fetchall()
    if not rows:
        raise LookupError("nobody is registered where this viewer may look")
    texts: dict[str, list[str]] = {}
    for person, name, given, pinyin, initials, number, phone, area, estate, building, unit, room in rows:
        whole = sealing.open_sealed(context=ID_NUMBER, row_id=person, sealed=number)
        called = sealing.open_sealed(context=PHONE, row_id=person, sealed=phone)
        for kind, text in (
            ("name", name),
            ("surname", name[0]),
            ("given_name", given),
            ("pinyin", pinyin),
            ("pinyin_begun", pinyin[:3]),
            ("initials", initials),
            ("name_and_community", f"{name} {area if area.endswith('社区') else area + '社区'}"),
            ("id_number", whole),
            ("phone", called),
            ("phone_tail", called[-4:]),
            ("name_and_tail", f"{name} {called[-4:]}"),
            ("home", f"{estate}{building}幢{unit}单元{room}室"),
            ("estate", estate),
        ):
            texts.setdefault(kind, []).append(text)
    return texts


def main() -> None:
    """This function will search the largest demo there is (built first where there is none) and print one JSON line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.config.settings")
    if not os.environ.get("DATABASE_URL"):
        home = installation()
        os.environ |= {"MINSHENG_HOME": str(home), "MINSHENG_DEMO": "1"}
        from minsheng.config.database import start_embedded

        start_embedded(home=home)
    import django

    django.setup()
    figures = bench_search()
    figures |= {"target_ms": TARGET_MS, "share_of_target": round(figures["worst_p95_ms"] / TARGET_MS, 2)}
    print(json.dumps(figures, ensure_ascii=False))


def installation() -> Path:
    """This function will return the folder of a demo: the one named, or the largest there, or a new one."""
    root = Path(os.environ.get("MINSHENG_HOME") or ".demo").resolve()
    if (root / "postgres").exists():
        return root
    for people in ("1323467", "66000"):
        if (root / people / "demo.json").exists():
            return root / people
    command = [sys.executable, "-m", "minsheng.config", "demo", "--people", "66000", "--no-serve"]
    subprocess.run(command, env=os.environ | {"MINSHENG_HOME": str(root)}, stdout=subprocess.DEVNULL, check=True)
    return root / "66000"


if __name__ == "__main__":
    main()

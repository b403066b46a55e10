"""The cockpit's pages by role, and the two nightly countings behind them, on an installation that is there already.

`MINSHENG_HOME=… python -m benchmarks cockpit` takes the largest demo below that folder (and builds one when there is
none). Each page is asked for through the whole stack of middleware in this process, 40 times for each role, after three
times that do not count. `p95_ms` is what the clock said; `p95_cpu_ms` is the web process alone; the database's share is
between the two. The nightly countings are rolled back, so that the installation stays as it was.
"""

import json
import os
import sys
import time
from datetime import datetime
from typing import Any

from benchmarks.search import installation

REQUESTS, WARM = 40, 3
TARGET_MS = 300
ROLES = ("district_leader", "district_business", "street_intake", "community_worker")
PAGES = {
    "first page": "/cockpit/",
    "wall": "/cockpit/screen/",
    "streets": "/cockpit/streets/",
    "indicator": "/cockpit/indicators/benefit_reach/",
    "rows": "/cockpit/indicators/benefits_missed/rows/?part=numerator",
    "projects": "/cockpit/projects/",
    "entries": "/cockpit/entries/",
}
OF_THE_BUREAU = {
    "names": "/cockpit/plans/{plan}/links/",
    "catalogue": "/catalogue/",
    "dataset": "/catalogue/registry_person/",
}


def main() -> None:
    """This function will measure the pages and the nightly countings, and print one line of JSON."""
    if not os.environ.get("DATABASE_URL"):
        home = installation()
        os.environ |= {"MINSHENG_HOME": str(home), "MINSHENG_DEMO": "1"}
        from minsheng.config.database import start_embedded

        start_embedded(home=home)
    import django

    django.setup()
    figures: dict[str, Any] = {"benchmark": "cockpit", "load_before": os.getloadavg()[0]}
    figures |= _nightly()
    figures["pages"] = _pages()
    worst = max(one["p95_ms"] for roles in figures["pages"].values() for one in roles.values())
    figures |= {"worst_p95_ms": worst, "target_ms": TARGET_MS, "load_after": os.getloadavg()[0]}
    print(json.dumps(figures, ensure_ascii=False))


def _pages() -> dict[str, dict[str, dict[str, float]]]:
    from django.test import Client

    from minsheng.config.demo.accounts import STAFF
    from minsheng.foundation.accounts.models import Account
    from minsheng.insight.cockpit.queries.plans import plan_in_force

    plan = plan_in_force()
    found: dict[str, dict[str, dict[str, float]]] = {}
    for role in ROLES:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(Account.objects.get(username=STAFF[role][0]), "django.contrib.auth.backends.ModelBackend")
        pages = PAGES | (OF_THE_BUREAU if role == "district_business" else {})
        for name, path in pages.items():
            address = path.format(plan=plan.pk if plan else 0)
            answer = client.get(address).status_code
            if answer == 200:
                found.setdefault(name, {})[role] = _timed(client, address)
            elif answer != 403:
                raise RuntimeError(f"{role} gets {answer} from {address}")
    return found


def _timed(client: Any, address: str) -> dict[str, float]:
    clocks, processor = [], []
    for _ in range(WARM + REQUESTS):
        begun, used = time.perf_counter(), time.process_time()
        answer = client.get(address)
        clocks.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    place = int(REQUESTS * 0.95) - 1
    return {
        "p50_ms": round(sorted(clocks[WARM:])[REQUESTS // 2], 1),
        "p95_ms": round(sorted(clocks[WARM:])[place], 1),
        "p95_cpu_ms": round(sorted(processor[WARM:])[place], 1),
        "kilobytes": round(len(answer.content) / 1000, 1),
    }


class _Undo(Exception):
    """Ends a transaction that was only measured."""


def _nightly() -> dict[str, Any]:
    from django.db import transaction
    from django.utils import timezone

    from minsheng.config.demo.accounts import system_viewer
    from minsheng.insight.catalogue.operations import measure_quality
    from minsheng.insight.cockpit.operations import keep_figures

    at: datetime = timezone.now()
    actor = system_viewer(at=at)
    figures: dict[str, Any] = {}
    for name, act in (("keep_figures", keep_figures), ("measure_quality", measure_quality)):
        begun = time.perf_counter()
        try:
            with transaction.atomic():
                act(actor=actor, at=at)
                figures[f"{name}_seconds"] = round(time.perf_counter() - begun, 2)
                print(f"{name}: {figures[f'{name}_seconds']} s", file=sys.stderr)
                raise _Undo
        except _Undo:
            pass
    return figures


if __name__ == "__main__":
    main()

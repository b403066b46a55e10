"""Many rows at once as the app role: COPY into a table of this transaction, then INSERT under row-level security.

PostgreSQL refuses COPY into a protected table; a row of another's area is refused by the INSERT.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from django.db import connection

from minsheng.work.eligibility.types import AgeBand, Found, Key, Outcome


class Subjects(Protocol):
    """Who a finding is about."""

    def subject(self, key: Key) -> Mapping[str, Any]: ...

    def age(self, key: Key) -> int | None: ...


def insert_many(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """This function will insert rows into a protected table of ours; the names come from code, never from people."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE arriving ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY arriving ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM arriving")
        cursor.execute("DROP TABLE arriving")


def copy_results(
    outcomes: Iterable[Outcome], *, month: date, law_digest: str, digests: Mapping[str, str], run_id: int
) -> None:
    """This function will store new results from `month` on."""
    columns = (
        "scheme",
        "area_id",
        "household_id",
        "person_id",
        "status",
        "amount_fen",
        "payable_fen",
        "valid_from",
        "law_digest",
        "facts_digest",
        "scheme_digest",
        "run_id",
    )
    rows = (
        (
            outcome.key[0],
            outcome.area_id,
            outcome.key[1],
            outcome.key[2],
            outcome.status.value,
            outcome.amount_fen,
            outcome.payable_fen,
            month,
            law_digest,
            outcome.facts_digest,
            digests[outcome.key[0]],
            run_id,
        )
        for outcome in outcomes
    )
    insert_many("eligibility_result", columns, rows)


def copy_findings(
    found: Iterable[Found], *, people: Subjects, names: Mapping[int, str], run_id: int, as_of: date, at: datetime
) -> None:
    """This function will store new findings with the subject's name and age band, so that lists need no join."""
    columns = (
        "kind",
        "scheme",
        "area_id",
        "household_id",
        "person_id",
        "subject_name",
        "age_band",
        "amount_fen",
        "receiving_fen",
        "reason",
        "missing",
        "found_at",
        "as_of",
        "run_id",
    )
    insert_many("eligibility_finding", columns, (_row(one, people, names, run_id, as_of, at) for one in found))


def _row(
    one: Found, people: Subjects, names: Mapping[int, str], run_id: int, as_of: date, at: datetime
) -> tuple[Any, ...]:
    age = people.age(one.key)
    missing = [{"person_id": m.person_id, "input": m.input, "question": m.question} for m in one.missing]
    return (
        one.kind.value,
        one.key[0],
        one.area_id,
        one.key[1],
        one.key[2],
        names.get(people.subject(one.key).get("person_id", 0), "（登记库中没有姓名）"),
        AgeBand.of(age).value if age is not None else "",
        one.amount_fen,
        one.receiving_fen,
        one.reason,
        json.dumps(missing, ensure_ascii=False),
        at,
        as_of,
        run_id,
    )

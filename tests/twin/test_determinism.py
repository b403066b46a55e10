"""The same seed gives the same bytes; another seed another district; nothing else has a say."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa

from twin import District, generate

TABLES = ("people", "households", "dwellings", "kin", "receipts", "organisations", "planted")


def fingerprint(district: District) -> dict[str, str]:
    answer = {}
    for name in TABLES:
        sink = pa.BufferOutputStream()
        table = getattr(district, name)
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        answer[name] = hashlib.sha256(sink.getvalue()).hexdigest()
    return answer


def test_same_seed_same_bytes() -> None:
    one = generate(people=5_000, seed=11, as_of=date(2026, 11, 1))
    two = generate(people=5_000, seed=11, as_of=date(2026, 11, 1))
    assert fingerprint(one) == fingerprint(two)


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "from datetime import date; from twin import generate; from test_determinism import fingerprint;"
        "print(fingerprint(generate(people=5_000, seed=11, as_of=date(2026, 11, 1))))"
    )
    folder = Path(__file__).parent
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join((str(folder), *sys.path))}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(fingerprint(generate(people=5_000, seed=11, as_of=date(2026, 11, 1))))


def test_another_seed_another_district() -> None:
    one = fingerprint(generate(people=5_000, seed=11, as_of=date(2026, 11, 1)))
    two = fingerprint(generate(people=5_000, seed=12, as_of=date(2026, 11, 1)))
    assert all(one[name] != two[name] for name in TABLES)


def test_a_day_later_everybody_is_born_a_day_later() -> None:
    one = generate(people=5_000, seed=11, as_of=date(2026, 11, 1)).people["birth_date"].to_numpy()
    two = generate(people=5_000, seed=11, as_of=date(2026, 11, 2)).people["birth_date"].to_numpy()
    assert set((two - one).astype("timedelta64[D]").astype(int)) == {1}

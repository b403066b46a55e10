"""The whole district, 1 323 467 people, within a minute and 2.5 GB, in a process of its own."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, time
from datetime import date
start = time.process_time()
from twin import calibrate, generate
d = generate(people=1_323_467, seed=20_201_101, as_of=date(2026, 11, 1))
spent = time.process_time() - start
assert not calibrate(d).outside(0.1)
ids = d.people["id_number"]
import pyarrow.compute as pc
assert pc.count_distinct(ids, mode="only_valid").as_py() == len(ids) - ids.null_count
print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.slow
def test_the_whole_district_fits() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 40
    assert megabytes < 2_500

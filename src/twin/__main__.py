"""`python -m twin --people 66000 --as-of 2026-11-01` prints the calibration report; `--to FOLDER` writes Parquet."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from twin import calibrate, generate

TABLES = ("people", "households", "dwellings", "kin", "receipts", "organisations", "planted")


def main(arguments: list[str] | None = None) -> int:
    """This function will generate a district and return 1 when a margin is missed by more than 1 percentage point."""
    parser = argparse.ArgumentParser(prog="twin", description="Generate the synthetic district and check its margins.")
    parser.add_argument("--people", type=int, default=66_000, help="living residents")
    parser.add_argument("--seed", type=int, default=20_201_101)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True, help="the day the district is described on")
    parser.add_argument("--to", type=Path, help="folder for the tables as Parquet files")
    chosen = parser.parse_args(arguments)
    district = generate(people=chosen.people, seed=chosen.seed, as_of=chosen.as_of)
    if chosen.to:
        chosen.to.mkdir(parents=True, exist_ok=True)
        for name in TABLES:
            pq.write_table(getattr(district, name), chosen.to / f"{name}.parquet")
    report = calibrate(district)
    sys.stdout.write(report.to_markdown())
    return 1 if report.outside() else 0


if __name__ == "__main__":
    raise SystemExit(main())

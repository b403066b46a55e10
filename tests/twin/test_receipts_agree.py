"""The generator pays by rough criteria of its own; they must not drift from the rules that judge them.

A person entitled by the rules is paid, or noted as missed; a person paid is entitled, or noted as a mistake.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from rulebook import Period, Rulebook, load_rulebook
from rulebook.duckdb_runner import run_population
from twin import District
from twin.receipts import SCHEMES

Key = tuple[int, int | None]
BOOK: Rulebook = load_rulebook(Path(__file__).parents[2] / "policies")
FEW = 10  # where so few are entitled, one household more or less says nothing


def _plain(table: pa.Table) -> pa.Table:
    columns = {name: table[name] for name in table.column_names}
    return pa.table({n: c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for n, c in columns.items()})


@pytest.fixture(scope="module")
def results(district: District) -> dict[str, dict[Key, tuple[str, int | None]]]:
    law = BOOK.law_on(date(2026, 11, 1))
    found = run_population(law, law.day, _plain(district.people), _plain(district.households))
    return {
        scheme: {(r["household_id"], r["person_id"]): (r["status"], r["amount_fen"]) for r in table.to_pylist()}
        for scheme, table in found.items()
    }


def _keys(table: pa.Table, scheme: str) -> dict[Key, dict[str, object]]:
    rows = table.to_pylist()
    return {(r["household_id"], r["person_id"]): r for r in rows if r["scheme"] == scheme}


def test_every_monthly_scheme_and_status_has_receipts_but_what_is_not_triggered() -> None:
    regular = {s.code for s in BOOK.schemes.values() if s.period in (Period.MONTH, Period.STATUS)}
    assert regular - set(SCHEMES) == {"price_subsidy"}
    assert set(SCHEMES) <= regular


@pytest.mark.parametrize("scheme", SCHEMES)
def test_receipts_follow_the_rules_but_for_what_is_planted(
    district: District, results: dict[str, dict[Key, tuple[str, int | None]]], scheme: str
) -> None:
    said = results[scheme]
    entitled = {key for key, (status, _) in said.items() if status == "entitled"}
    paid, planted = _keys(district.receipts, scheme), _keys(district.planted, scheme)
    missed = {key for key, row in planted.items() if row["kind"] == "missed"}
    unexplained = entitled - set(paid) - missed
    assert len(unexplained) <= max(FEW, 0.25 * len(entitled)), "entitled, neither paid nor noted as missed"
    surprising = set(paid) - set(said) - set(planted)
    assert len(surprising) <= max(FEW, 0.05 * len(paid)), "paid, neither entitled nor noted as a mistake"
    settled = [key for key in entitled & set(paid) if said[key][1] is not None]
    alike = sum(said[key][1] == paid[key]["amount_fen"] for key in settled)
    assert alike >= 0.9 * len(settled), "paid another amount than the rules say"
    assert len(missed) < 0.4 * (len(missed) + len(paid)), "most of the entitled receive"

"""Turns what was measured into the table that a person reads and the line of JSON that a program reads."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.rules.contest import OURS
from benchmarks.rules.worker import PEERS

Measured = dict[str, Any]
TITLES = {
    "openfisca_idiomatic": "OpenFisca, idiomatic",
    "openfisca_tuned": "OpenFisca, tuned",
    "policyengine": "PolicyEngine",
    "kernel": "kernel, 1 thread",
    "kernel_2_threads": "kernel, 2 threads",
    "duckdb": "SQL on DuckDB, 1 thread",
    "interpreter": "interpreter (sample, scaled up)",
    "numpy": "reference by hand on numpy",
    "memory": "reading and writing once",
}


def seconds(answers: list[Measured], key: str = "seconds") -> float:
    """This function will return the median."""
    return float(median(answer[key] for answer in answers))


def ratio(slow: list[Measured] | None, fast: list[Measured] | None, key: str = "seconds") -> float | None:
    """This function will return the median of the ratios of the same rounds; None when one side was not measured."""
    if not slow or not fast:
        return None
    return round(float(median(one[key] / other[key] for one, other in zip(slow, fast, strict=True))), 2)


def wrong(cells: dict[str, Measured]) -> Measured:
    """This function will sum up wrong cells: how many, of how many, by how much at most, and in which outputs."""
    return {
        "cells": sum(cell["wrong"] for cell in cells.values()),
        "of": sum(cell["of"] for cell in cells.values()),
        "most_fen": max(cell["most_fen"] for cell in cells.values()),
        "by_output": {scheme: cell["wrong"] for scheme, cell in cells.items() if cell["wrong"]},
    }


def wrong_in_year(answers: list[Measured]) -> int:
    """This function will count the wrong cells of twelve months."""
    return sum(cell["wrong"] for cells in answers[-1]["months"].values() for cell in cells.values())


def ours_wrong(sizes: list[Measured]) -> int:
    """This function will count every wrong cell of our engines, at all sizes and in all months."""
    total = 0
    for size in sizes:
        total += sum(wrong(size["cells"][name])["cells"] for name in OURS if name in size["cells"])
        total += sum(wrong_in_year(size["year"][name]) for name in OURS if name in size.get("year", {}))
    return total


def size_figures(size: Measured) -> Measured:
    """This function will return the figures of one size."""
    month, year = size["month"], size.get("year", {})
    made = {
        "people": size["people"],
        "households": size["households"],
        "rounds": size["rounds"],
        "month_seconds": {name: round(seconds(answers), 5) for name, answers in month.items()},
        "month_cpu_seconds": {
            name: round(seconds(answers, "cpu_seconds"), 5)
            for name, answers in month.items()
            if "cpu_seconds" in answers[0]
        },
        "vs_openfisca_idiomatic": _against(month, "openfisca_idiomatic"),
        "vs_openfisca_tuned": _against(month, "openfisca_tuned"),
        "vs_policyengine": _against(month, "policyengine"),
        "load_seconds": {name: round(answer["seconds"], 2) for name, answer in size["load"].items()},
        "build_seconds": {
            name: round(seconds(month[name], "build_seconds"), 3) for name in PEERS if name in month
        },
        "peak_mb": size["peak_mb"],
        "wrong_fen": {name: wrong(cells) for name, cells in size["cells"].items()},
        "changed_1000_ms": {name: round(seconds(answers) * 1000, 2) for name, answers in size["changed"].items()},
        "one_household_explained_ms": {
            name: round(seconds(answer["rounds"]) * 1000, 2) for name, answer in size["explained"].items()
        },
        "one_household_explained_cpu_ms": {
            name: round(seconds(answer["rounds"], "cpu_seconds") * 1000, 2)
            for name, answer in size["explained"].items()
        },
        "changed_1000_cpu_ms": {
            name: round(seconds(answers, "cpu_seconds") * 1000, 2) for name, answers in size["changed"].items()
        },
        "what_if_seconds": {name: round(seconds(answers), 4) for name, answers in size["what_if"].items()},
        "result_rows": size["kernel"]["rows"],
    }  # fmt: skip
    if year:
        made |= {
            "year_rounds": len(next(iter(year.values()))),
            "year_seconds": {name: round(seconds(answers), 4) for name, answers in year.items()},
            "year_vs_openfisca_idiomatic": _against(year, "openfisca_idiomatic"),
            "year_vs_openfisca_tuned": _against(year, "openfisca_tuned"),
            "year_peak_mb": size["year_peak_mb"],
            "year_wrong_fen": {name: wrong_in_year(answers) for name, answers in year.items()},
        }
    return made


def _against(times: dict[str, list[Measured]], peer: str) -> dict[str, float | None]:
    ours = [name for name in (*OURS, "numpy") if name in times and len(times[name]) == len(times.get(peer, []))]
    return {name: ratio(times.get(peer), times[name]) for name in ours}


def figures_of(sizes: list[Measured], missing: dict[str, str], load: list[float]) -> Measured:
    """This function will return every figure; those at the top are of the largest size, one month."""
    big = sizes[-1]
    month, last, year = big["month"], size_figures(big), big.get("year", {})
    return {
        "benchmark": "rules",
        "people": big["people"],
        "households": big["households"],
        "rounds": big["rounds"],
        "threads": 1,
        "vs_openfisca_idiomatic": ratio(month.get("openfisca_idiomatic"), month["kernel"]),
        "vs_openfisca_tuned": ratio(month.get("openfisca_tuned"), month["kernel"]),
        "vs_policyengine": ratio(month.get("policyengine"), month["kernel"]),
        "vs_openfisca_idiomatic_2_threads": ratio(month.get("openfisca_idiomatic"), month["kernel_2_threads"]),
        "vs_openfisca_tuned_2_threads": ratio(month.get("openfisca_tuned"), month["kernel_2_threads"]),
        "duckdb_vs_openfisca_idiomatic": ratio(month.get("openfisca_idiomatic"), month["duckdb"]),
        "vs_openfisca_idiomatic_cpu": ratio(month.get("openfisca_idiomatic"), month["kernel"], "cpu_seconds"),
        "vs_openfisca_tuned_cpu": ratio(month.get("openfisca_tuned"), month["kernel"], "cpu_seconds"),
        "year_vs_openfisca_idiomatic": ratio(year.get("openfisca_idiomatic"), year.get("kernel")),
        "year_vs_openfisca_tuned": ratio(year.get("openfisca_tuned"), year.get("kernel")),
        "read_write_ratio": ratio(month["kernel"], month["memory"]),
        "read_write_ratio_cpu": ratio(month["kernel"], month["memory"], "cpu_seconds"),
        "wrong_fen": ours_wrong(sizes),
        "openfisca_wrong_fen": last["wrong_fen"].get("openfisca_idiomatic"),
        "openfisca_wrong_fen_in_12_months": last.get("year_wrong_fen", {}).get("openfisca_idiomatic"),
        "policyengine_wrong_fen": last["wrong_fen"].get("policyengine"),
        "incremental_1000_ms": last["changed_1000_ms"]["kernel"],
        "incremental_1000_cpu_ms": last["changed_1000_cpu_ms"]["kernel"],
        "explain_ms": last["one_household_explained_ms"]["interpreter"],
        "explain_cpu_ms": last["one_household_explained_cpu_ms"]["interpreter"],
        "openfisca_trace_cpu_ms": last["one_household_explained_cpu_ms"].get("openfisca_tuned"),
        "openfisca_trace_ms": last["one_household_explained_ms"].get("openfisca_tuned"),
        "what_if_vs_openfisca_idiomatic": ratio(big["what_if"].get("openfisca_idiomatic"), big["what_if"]["kernel"]),
        "what_if_vs_openfisca_tuned": ratio(big["what_if"].get("openfisca_tuned"), big["what_if"]["kernel"]),
        "compile_seconds": round(big["kernel"]["compile_seconds"], 2),
        "versions": {name: answer["version"] for name, answer in big["load"].items()},
        "left_out": missing,
        "load_average_before_and_after": load,
        "sizes": [size_figures(size) for size in sizes],
    }


def table(size: Measured) -> str:
    """This function will write one size as a table for people."""
    month, year = size["month"], size.get("year", {})
    head = f"{'':34}{'month s':>10}{'x idiom.':>10}{'x tuned':>9}{'year s':>9}{'load s':>8}{'MB':>7}{'wrong cells':>13}"
    lines = [f"{size['people']:,} people, {size['households']:,} households, {size['rounds']} rounds, medians", head]
    for name, answers in month.items():
        by = [ratio(month.get(peer), answers) if len(answers) == size["rounds"] else None for peer in PEERS[:2]]
        cells = wrong(size["cells"][name])["cells"] if name in size["cells"] else None
        twelve = seconds(year[name]) if name in year else None
        lines.append(
            f"{TITLES[name]:34}{seconds(answers):>10.4f}{_cell(by[0], 10, 1)}{_cell(by[1], 9, 1)}{_cell(twelve, 9, 2)}"
            f"{size['load'][name]['seconds']:>8.1f}{size['peak_mb'][name]:>7,}{_cell(cells, 13, 0)}"
        )
    for title, key in (("1,000 changed households, ms", "changed"), ("what-if: before and after, ms", "what_if")):
        lines.append(f"{title:34}" + _list({name: seconds(answers) * 1000 for name, answers in size[key].items()}))
    explained = {name: seconds(answer["rounds"]) * 1000 for name, answer in size["explained"].items()}
    lines.append(f"{'one household explained, ms':34}" + _list(explained))
    return "\n".join(lines)


def _cell(value: float | None, width: int, places: int) -> str:
    return f"{value:>{width},.{places}f}" if value is not None else f"{'–':>{width}}"


def _list(values: dict[str, float]) -> str:
    return " · ".join(f"{TITLES[name]} {value:,.2f}" for name, value in values.items())

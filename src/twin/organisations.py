"""Invented organisations of the district. No name belongs to a real institution; the codes carry division 990102."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from twin.identity import credit_code
from twin.sources import communities

# kind, leading characters of the code, number at 1 323 467 residents, least number, name ending, places (0 = none).
# Social organisations: the district's plan counts 284 + 810 + 7; the other numbers are invented.
_KINDS: tuple[tuple[str, str, int, int, str, int], ...] = (
    ("nursing_home", "52", 42, 6, "颐养院", 180),
    ("day_care_centre", "52", 203, 20, "居家养老服务照料中心", 25),
    ("canteen", "52", 120, 14, "长者食堂", 80),
    ("home_care_provider", "52", 36, 5, "居家服务社", 0),
    ("association", "51", 284, 14, "互助协会", 0),
    ("social_service", "52", 450, 24, "社会工作服务中心", 0),
    ("foundation", "53", 7, 1, "公益基金会", 0),
    ("primary_school", "12", 60, 5, "小学", 1200),
    ("middle_school", "12", 34, 3, "初级中学", 1000),
    ("health_centre", "12", 14, 3, "社区卫生服务中心", 60),
    ("child_welfare_home", "12", 1, 1, "儿童之家", 40),
)
_ONE, _TWO = "禾穗萤苇泠岫霁芷蓼槿芨蘅藜", "光声影路野川舟灯岸澜歌雨原"


def found(rng: np.random.Generator, people: int, as_of: date) -> pa.Table:
    """This function will return the organisations: id, name, credit code, kind, community, founding date, places."""
    names = [a + b for a in _ONE for b in _TWO]
    codes = [row["code"] for row in communities()]
    rows: dict[str, list[object]] = {
        name: [] for name in ("name", "credit_code", "kind", "community_code", "founded_date", "places")
    }
    number = 0
    for kind, prefix, at_full, least, ending, places in _KINDS:
        count = max(least, round(at_full * people / 1_323_467))
        order = rng.permutation(len(names))
        if kind == "health_centre" or count > len(codes):
            where = rng.integers(0, len(codes), count)
        else:
            where = rng.permutation(len(codes))[:count]
        for i in range(count):
            number += 1
            round_of_names = i // len(names)
            stem = names[order[i % len(names)]] + ("" if round_of_names == 0 else "二三四五"[round_of_names - 1])
            rows["name"].append(f"{stem}{ending}")
            rows["credit_code"].append(credit_code(prefix, 70_000_000 + number * 37))
            rows["kind"].append(kind)
            rows["community_code"].append(codes[int(where[i])])
            rows["founded_date"].append(date.fromordinal(as_of.toordinal() - int(rng.integers(120, 9000))))
            rows["places"].append(int(places * (0.5 + rng.random())) if places else None)
    schema = pa.schema(
        [
            ("organisation_id", pa.int64()),
            ("name", pa.string()),
            ("credit_code", pa.string()),
            ("kind", pa.dictionary(pa.int8(), pa.string())),
            ("community_code", pa.string()),
            ("founded_date", pa.date32()),
            ("places", pa.int64()),
        ]
    )
    columns = {"organisation_id": list(range(1, number + 1)), **rows}
    return pa.table([pa.array(columns[f.name], type=f.type) for f in schema], schema=schema)

"""Of which families the demo's cases are told: taken out of the district's own tables, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

MISSED = """
SELECT DISTINCT h.household_id, h.community_code, m.scheme FROM read_parquet('{0}/planted.parquet') m
JOIN read_parquet('{0}/households.parquet') h USING (household_id)
WHERE m.kind = 'missed' ORDER BY h.household_id, m.scheme
"""
_UNTOUCHED = """
SELECT h.household_id, any_value(h.community_code) FROM read_parquet('{0}/people.parquet') p
JOIN read_parquet('{0}/households.parquet') h USING (household_id)
WHERE h.household_kind = 'family'
  AND h.household_id NOT IN (SELECT household_id FROM read_parquet('{0}/receipts.parquet'))
  AND h.household_id NOT IN (SELECT household_id FROM read_parquet('{0}/planted.parquet'))
GROUP BY h.household_id HAVING
"""
_WAGES_ALONE = """
bool_and(p.hukou_local AND p.resident AND NOT p.dead
         AND p.transfer_income + p.business_income + p.property_income < 300000
         AND h.dwellings_owned <= 1 AND h.vehicles <= 1 AND NOT h.business_registered)
AND bool_or(p.wage_income > 0) AND count(*) <= 3
"""
PLAIN = f"{_UNTOUCHED} {_WAGES_ALONE} ORDER BY count(*) = 3, h.household_id"
OTHERS = f"{_UNTOUCHED} NOT ({_WAGES_ALONE}) AND bool_and(p.resident AND NOT p.dead) ORDER BY h.household_id"


@dataclass(frozen=True)
class Families:
    """Households of the synthetic district, each with the id of its area."""

    folder: Path
    areas: Mapping[str, int]

    @cached_property
    def missed(self) -> list[tuple[int, int, str]]:
        """This property will be whom the rules find entitled and nobody pays, with the scheme."""
        return [(number, self.areas[code], scheme) for number, code, scheme in self._asked(MISSED)]

    @cached_property
    def plain(self) -> list[tuple[int, int]]:
        """This property will be local families that live on wages alone: a misfortune makes them poor."""
        return [(number, self.areas[code]) for number, code in self._asked(PLAIN)]

    @cached_property
    def others(self) -> list[tuple[int, int]]:
        """This property will be families that nobody pays and nobody misses."""
        return [(number, self.areas[code]) for number, code in self._asked(OTHERS)]

    def _asked(self, query: str) -> list[Any]:
        with duckdb.connect() as memory:
            return memory.execute(query.format(self.folder)).fetchall()

"""What the generator returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa


@dataclass(frozen=True)
class District:
    """One synthetic district: Arrow tables with contiguous int64 ids from 1.

    `people`, `households`, `dwellings`, `kin`, `receipts`, `organisations` are described column by column in
    README.md. `planted` is the ground truth of what is wrong in `receipts` (kind, household_id, person_id, scheme).
    `story_ids` maps the key of each hand-written story to its household_id. `people_asked` is the number of living
    residents asked for; the tables also hold those registered who live elsewhere, the recently dead, and the stories.
    """

    people: pa.Table
    households: pa.Table
    dwellings: pa.Table
    kin: pa.Table
    receipts: pa.Table
    organisations: pa.Table
    planted: pa.Table
    story_ids: dict[str, int]
    story_people: dict[str, int]
    people_asked: int
    seed: int
    as_of: date

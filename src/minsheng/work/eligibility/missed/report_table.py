"""The report as a table of schemes and communities, the way it is taken away."""

from collections import defaultdict
from datetime import date

from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.missed.counting import Counted, count_cells
from minsheng.work.eligibility.missed.queries import CAPABILITY, MissedFilter, following, up_to
from minsheng.work.eligibility.missed.rules import suppressed
from minsheng.work.eligibility.missed.types import CellLine
from minsheng.work.eligibility.operations.evaluation import offers
from minsheng.work.eligibility.queries.findings import COMMUNITY_DEPTH, STREET_DEPTH, area_ids_within
from minsheng.work.eligibility.rules import first_of_month


def cells(*, viewer: Viewer, chosen: MissedFilter, on_date: date) -> tuple[CellLine, ...]:
    """This function will return the report as a table of schemes and communities, without small counts for anybody:
    what is taken away is read by others.
    """
    require(viewer=viewer, capability=CAPABILITY)
    month = first_of_month(on_date)
    areas = areas_inside(viewer=viewer)
    by_id = {area.id: area for area in areas}
    inside = set(area_ids_within(areas, chosen.area)) if chosen.area else set(by_id)
    counted: dict[tuple[str, int], Counted] = defaultdict(Counted)
    for (scheme, area), cell in count_cells(first=month, following=following(month), offers=offers()).items():
        if area in inside and (not chosen.scheme or scheme == chosen.scheme):
            counted[scheme, up_to(by_id, by_id[area], COMMUNITY_DEPTH).id].add(cell)
    hidden = suppressed({key: (cell.receiving, cell.missed) for key, cell in counted.items()})
    few = suppressed({key: (cell.one_datum,) for key, cell in counted.items()})
    lines = []
    for code in book().schemes:
        for key in sorted((k for k in counted if k[0] == code), key=lambda k: by_id[k[1]].code):
            cell, community = counted[key], by_id[key[1]]
            street, shown = up_to(by_id, community, STREET_DEPTH), key not in hidden
            lines.append(
                CellLine(
                    code,
                    street.name if street.depth == STREET_DEPTH else "",
                    community.name,
                    cell.entitled if shown else None,
                    cell.receiving if shown else None,
                    cell.missed if shown else None,
                    cell.missed_fen if shown else None,
                    cell.one_datum if key not in few else None,
                )
            )
    return tuple(lines)

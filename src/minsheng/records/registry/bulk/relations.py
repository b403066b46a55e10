"""COPY lines of who is related to whom."""

import pyarrow as pa

from minsheng.records.registry.bulk.tables import Lines, escaped, line, plain


def relation_lines(kin: pa.Table) -> Lines:
    """This function will return the COPY of relations; the area is that of the person, a name only for outsiders."""
    parts = [
        "row_number() OVER ()",
        "a.area_id",
        "k.person_id",
        plain("k.relative_id"),
        plain("k.relation"),
        escaped("CASE WHEN k.relative_id IS NULL THEN k.name ELSE '' END"),
        plain("k.alive"),
    ]
    query = (
        f"SELECT {line(*parts)} FROM kin k JOIN people p ON p.person_id = k.person_id"
        " JOIN areas a ON a.code = p.community_code"
    )
    columns = ("id", "area_id", "person_id", "relative_id", "kind", "name", "alive")
    return Lines("registry_relation", columns, query, kin.num_rows)

"""COPY lines of who is related to whom."""

import pyarrow as pa

from minsheng.records.registry.bulk.tables import Lines, escaped, line, plain


def relation_lines(kin: pa.Table) -> Lines:
    """This function will return the COPY of relations; the area is that of the person."""
    there = set(kin.column_names)
    relative = "k.relative_id" if "relative_id" in there else "k.relative_person_id"
    name = escaped("coalesce(k.name, '')") if "name" in there else "''"
    parts = ["row_number() OVER ()", "a.area_id", "k.person_id", plain(relative), plain("k.relation"), name]
    query = (
        f"SELECT {line(*parts)} FROM kin k JOIN people p ON p.person_id = k.person_id"
        " JOIN areas a ON a.code = p.community_code"
    )
    columns = ("id", "area_id", "person_id", "relative_id", "kind", "name")
    return Lines("registry_relation", columns, query, kin.num_rows)

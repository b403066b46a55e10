"""COPY lines of organisations."""

import pyarrow as pa

from minsheng.records.registry.bulk.tables import Lines, escaped, line, plain


def organisation_lines(organisations: pa.Table) -> Lines:
    """This function will return the COPY of organisations."""
    key = "o.organisation_id" if "organisation_id" in organisations.column_names else "row_number() OVER ()"
    parts = [key, "a.area_id", plain("o.credit_code"), escaped("o.name"), plain("o.kind")]
    query = f"SELECT {line(*parts)} FROM organisations o JOIN areas a ON a.code = o.community_code"
    return Lines("registry_organisation", ("id", "area_id", "credit_code", "name", "kind"), query, organisations.num_rows)

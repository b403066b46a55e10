"""COPY lines of organisations."""

import pyarrow as pa

from minsheng.records.registry.bulk.tables import Lines, escaped, line, plain


def organisation_lines(organisations: pa.Table) -> Lines:
    """This function will return the COPY of organisations."""
    key = "o.organisation_id" if "organisation_id" in organisations.column_names else "row_number() OVER ()"
    parts = [key, "a.area_id", plain("o.credit_code"), escaped("o.name"), plain("o.kind")]
    parts += [plain(f"o.{c}") if c in organisations.column_names else "'\\N'" for c in ("founded_date", "places")]
    query = f"SELECT {line(*parts)} FROM organisations o JOIN areas a ON a.code = o.community_code"
    columns = ("id", "area_id", "credit_code", "name", "kind", "founded_date", "places")
    return Lines("registry_organisation", columns, query, organisations.num_rows)

"""Reads of places. Divisions are public reference data, so these take no viewer; boundary files do."""

from minsheng.records.places.queries.boundaries import (
    boundary_import,
    boundary_import_geojson,
    boundary_imports,
    geometry_geojson,
    street_at,
)
from minsheng.records.places.queries.divisions import (
    UnableToResolve,
    area_ids_by_code,
    breadcrumbs,
    changes_on,
    children,
    district_on,
    division_by_id,
    divisions_of_kind,
    history,
    known_names,
    parse_address,
    register,
    resolve,
    search_division,
    versions_of,
)

__all__ = [
    "UnableToResolve",
    "area_ids_by_code",
    "boundary_import",
    "boundary_import_geojson",
    "boundary_imports",
    "breadcrumbs",
    "changes_on",
    "children",
    "district_on",
    "division_by_id",
    "divisions_of_kind",
    "geometry_geojson",
    "history",
    "known_names",
    "parse_address",
    "register",
    "resolve",
    "search_division",
    "street_at",
    "versions_of",
]

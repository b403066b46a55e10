"""Reads of visits: each takes a viewer, and the database shows what that viewer may see."""

from minsheng.work.visits.queries.lists import VisitFilter, VisitLine, VisitsPage, visit_counts, visits_page
from minsheng.work.visits.queries.overview import Overview, overview, places_to_set, rhythms
from minsheng.work.visits.queries.visit import VisitFile, visit_file
from minsheng.work.visits.queries.warnings import WarningFilter, Working, warnings_page, working

__all__ = [
    "Overview",
    "VisitFile",
    "VisitFilter",
    "VisitLine",
    "VisitsPage",
    "WarningFilter",
    "Working",
    "overview",
    "places_to_set",
    "rhythms",
    "visit_counts",
    "visit_file",
    "visits_page",
    "warnings_page",
    "working",
]

"""Reads of visits: each takes a viewer, and the database shows what that viewer may see."""

from minsheng.work.visits.queries.lists import VisitFilter, VisitLine, VisitsPage, visit_counts, visits_page
from minsheng.work.visits.queries.visit import VisitFile, visit_file

__all__ = ["VisitFile", "VisitFilter", "VisitLine", "VisitsPage", "visit_counts", "visit_file", "visits_page"]

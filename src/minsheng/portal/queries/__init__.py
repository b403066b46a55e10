"""What a resident may ask: every query takes the sitting's resident, and the database shows one household."""

from minsheng.portal.queries.codes import codes_of_person
from minsheng.portal.queries.household import HappinessList, happiness_list

__all__ = ["HappinessList", "codes_of_person", "happiness_list"]

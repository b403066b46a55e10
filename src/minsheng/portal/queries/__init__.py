"""What a resident may ask: every query takes the sitting's resident, and the database shows one household."""

from minsheng.portal.queries.codes import codes_of_person
from minsheng.portal.queries.desk import waiting
from minsheng.portal.queries.household import HappinessList, happiness_list
from minsheng.portal.queries.money import money_of_household
from minsheng.portal.queries.own import looks, names_at_home, next_question, own_concerns

__all__ = [
    "HappinessList",
    "codes_of_person",
    "happiness_list",
    "looks",
    "money_of_household",
    "names_at_home",
    "next_question",
    "own_concerns",
    "waiting",
]

"""The resident's first page: what the household receives, could receive, and what is missing to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.portal.queries.money import Money, money_of_household
from minsheng.portal.queries.own import Question, accepted, declined, next_question
from minsheng.portal.scope import day_of
from minsheng.portal.types import Resident
from minsheng.work.casework import queries as casework
from minsheng.work.eligibility import queries as eligibility
from minsheng.work.eligibility.queries import Benefit
from minsheng.work.eligibility.types import Status


@dataclass(frozen=True)
class HappinessList:
    """幸福清单 of one household on a day; a benefit stands in exactly one of the five lists.

    `money` is what the office itself gives, `granted` what of it no payment export names yet, `in_hand` is applied for.
    """

    as_of: date
    person: str
    receiving: tuple[Benefit, ...]
    offered: tuple[Benefit, ...]
    open: tuple[Benefit, ...]
    refused: tuple[Benefit, ...]
    monthly_fen: int
    accepted: dict[tuple[str, int | None], datetime]
    question: Question | None
    names: dict[int, str]
    money: dict[tuple[str, int | None], Money]
    granted: tuple[Benefit, ...]
    in_hand: frozenset[tuple[str, int | None]]

    @property
    def received(self) -> list[tuple[Benefit, Money | None]]:
        """This property will be what is received, each with the office's own grant where there is one."""
        return [(one, self.money.get(_key(one))) for one in self.receiving]

    @property
    def approved(self) -> list[tuple[Benefit, Money]]:
        """This property will be what the office has granted and the payment export does not name yet."""
        return [(one, self.money[_key(one)]) for one in self.granted]

    @property
    def offers(self) -> list[tuple[Benefit, bool]]:
        """This property will be what could be had, each with whether it is applied for already."""
        return [(one, _key(one) in self.in_hand) for one in self.offered]

    @property
    def offered_fen(self) -> int:
        """This property will add up what could be had by month, and nothing else."""
        return sum(b.payable_fen or 0 for b in self.offered if b.monthly)


def happiness_list(*, resident: Resident, at: datetime) -> HappinessList:
    """This function will sort every scheme of the book for the resident's household into the lists."""
    day = day_of(at)
    found = eligibility.benefits_of_household(
        viewer=resident.viewer, household_id=resident.household_id, as_of=day, known_at=at
    )
    assert found is not None, "the sitting's household is visible to it"
    lines = found.lines
    money = money_of_household(resident=resident, on=day)
    receiving = [b for b in lines if b.receiving_fen]
    granted = [b for b in lines if not b.receiving_fen and _key(b) in money]
    rest = [b for b in lines if not b.receiving_fen and _key(b) not in money]
    no = declined(resident=resident, on=day)
    due = [b for b in rest if b.status is Status.ENTITLED and is_offer(b)]
    offered = [b for b in due if _key(b) not in no]
    unsettled = [b for b in rest if b.status is Status.UNKNOWN]
    refused = [b for b in rest if b.status is Status.NOT_ENTITLED]
    begun = sum(one.grant.fen for key, one in money.items() if one.begun and key in {_key(b) for b in granted})
    return HappinessList(
        day,
        found.names.get(resident.person_id, ""),
        tuple(receiving),
        tuple(sorted(offered, key=_dearest_first)),
        tuple(_by_question(unsettled)),
        tuple(refused),
        found.monthly_fen + begun,
        accepted(resident=resident),
        next_question(benefits=unsettled, on=day),
        found.names,
        money,
        tuple(granted),
        casework.matters_in_hand(viewer=resident.viewer, household_id=resident.household_id),
    )


def _key(benefit: Benefit) -> tuple[str, int | None]:
    return benefit.scheme, benefit.person_id


def is_offer(benefit: Benefit) -> bool:
    """This function will say whether something would come of it: an amount, or a status that is worth having."""
    return benefit.is_status or benefit.payable_fen is None or benefit.payable_fen > 0


def _dearest_first(benefit: Benefit) -> tuple[bool, int, str]:
    return (not benefit.monthly, -(benefit.payable_fen or 0), benefit.title)


def _by_question(benefits: Iterable[Benefit]) -> list[Benefit]:
    return sorted(benefits, key=lambda b: (len(b.missing), b.title))

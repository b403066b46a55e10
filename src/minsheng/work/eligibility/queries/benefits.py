"""Everything that one household receives, could receive, or does not, worked out once; the residents' 幸福清单."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.models import Receipt
from minsheng.work.eligibility.population import Case
from minsheng.work.eligibility.types import Missing, Status
from rulebook import Period, evaluate
from rulebook.units import Entity


@dataclass(frozen=True)
class Benefit:
    """One scheme for one beneficiary of the household. Amounts in fen per `period`; None: not known.

    `receiving_fen` is what the payment export says now, 0 for nothing; `missing` what would settle an open answer.
    """

    scheme: str
    title: str
    summary: str
    person_id: int | None
    who: str
    period: Period
    status: Status
    payable_fen: int | None
    reductions: tuple[str, ...]
    receiving_fen: int
    since_date: date | None
    missing: tuple[Missing, ...]

    @property
    def monthly(self) -> bool:
        return self.period is Period.MONTH

    @property
    def is_status(self) -> bool:
        return self.period is Period.STATUS


@dataclass(frozen=True)
class Benefits:
    """The benefits of one household on a day, with the names of its people."""

    names: dict[int, str]
    lines: tuple[Benefit, ...]

    @property
    def monthly_fen(self) -> int:
        """This property will add up what is received by month, and nothing else."""
        return sum(line.receiving_fen for line in self.lines if line.monthly)


def benefits_of_household(*, viewer: Viewer, household_id: int, as_of: date, known_at: datetime) -> Benefits | None:
    """This function will work out every scheme for every beneficiary of a household; None for a stranger's."""
    require(viewer=viewer, capability="eligibility.explain")
    found = registry.household_facts(viewer=viewer, household_id=household_id, as_of=as_of, known_at=known_at)
    if found is None:
        return None
    case = Case(household_id, found.area_id, found.household, found.members)
    evaluation = evaluate(law_on(as_of), case.household(names=found.names), as_of)
    payable = {(row.scheme, row.person): row for row in evaluation.payable()}
    received = _received(household_id, as_of)
    lines = []
    for scheme in book().schemes.values():
        people = [None] if scheme.beneficiary is Entity.HOUSEHOLD else [str(number) for number in sorted(found.names)]
        for person in people:
            outcome = evaluation.outcome(scheme.code, person)
            paid = payable.get((scheme.code, person))
            number = None if person is None else int(person)
            amount, since = received.get((scheme.code, number), (0, None))
            lines.append(
                Benefit(
                    scheme=scheme.code,
                    title=scheme.title,
                    summary=scheme.summary,
                    person_id=number,
                    who="全家" if number is None else found.names[number],
                    period=scheme.period,
                    status=Status(outcome.status),
                    payable_fen=paid.payable_fen if paid is not None else 0,
                    reductions=tuple(
                        f"{book().schemes[r.against].title}：{r.text}" for r in (paid.reductions if paid else ())
                    ),
                    receiving_fen=amount,
                    since_date=since,
                    missing=tuple(
                        Missing(None if d.person is None else int(d.person), d.input, d.question)
                        for d in outcome.missing
                    ),
                )
            )
    return Benefits(found.names, tuple(lines))


def _received(household_id: int, on: date) -> dict[tuple[str, int | None], tuple[int, date]]:
    rows = Receipt.objects.filter(household_id=household_id, since_date__lte=on).filter(
        Q(until_date__isnull=True) | Q(until_date__gt=on)
    )
    found: dict[tuple[str, int | None], tuple[int, date]] = {}
    for scheme, person, amount, since in rows.values_list("scheme", "person_id", "amount_fen", "since_date"):
        before, first = found.get((scheme, person), (0, since))
        found[(scheme, person)] = (before + amount, min(first, since))
    return found

"""Which procedures and which departments a need could be; pure: the rulebook's answers come in, parts come out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Likelihood(StrEnum):
    """What the registered facts say of one scheme for one beneficiary; `IN_HAND` and `RECEIVED` need no application."""

    LIKELY = "likely"
    OPEN = "open"
    UNLIKELY = "unlikely"
    IN_HAND = "in_hand"
    RECEIVED = "received"

    @property
    def label(self) -> str:
        """This property will be the words that stand beside a part."""
        return _WORDS[self]


_WORDS = {
    Likelihood.LIKELY: "按登记的情况，可能符合",
    Likelihood.OPEN: "还差情况，由我们核对",
    Likelihood.UNLIKELY: "按登记的情况，多半不符合；坚持申请的也要收",
    Likelihood.IN_HAND: "已经有一件在办",
    Likelihood.RECEIVED: "现在就在享受",
}
_ORDER = (Likelihood.LIKELY, Likelihood.OPEN, Likelihood.UNLIKELY)


@dataclass(frozen=True)
class Standing:
    """One scheme for one beneficiary as the rulebook sees it today; `fen` is what would be paid, 0 for a status."""

    scheme: str
    title: str
    person_id: int | None
    who: str
    likelihood: Likelihood
    fen: int = 0


@dataclass(frozen=True)
class NeedPath:
    """Schemes that answer one need: the one that fits best, or each; `fresh` trusts the family before the registry."""

    pick_each: bool
    fresh: bool
    schemes: tuple[str, ...]


@dataclass(frozen=True)
class NeedPartner:
    """A department or social force that answers a need, and the scheme that says whether that looks likely."""

    partner: str
    scheme: str = ""


@dataclass(frozen=True)
class Need:
    """One thing that a family may say it needs."""

    code: str
    label: str
    question: str
    paths: tuple[NeedPath, ...]
    partners: tuple[NeedPartner, ...]


@dataclass(frozen=True)
class Part:
    """What would become a case of the joint application; `proposed` is ticked unless somebody takes it out."""

    procedure: str
    standing: Standing
    need: Need
    proposed: bool

    @property
    def key(self) -> str:
        """This property will name the part in a form."""
        return f"{self.standing.scheme}:{self.standing.person_id or 0}"

    @property
    def can_be_opened(self) -> bool:
        """This property will say whether a case can be opened at all: nothing is asked for twice."""
        return self.standing.likelihood in _ORDER


@dataclass(frozen=True)
class ReferralPart:
    """Whom a need would be handed to, and what the rulebook says of its chances where it knows."""

    partner: str
    label: str
    need: Need
    likelihood: Likelihood | None


@dataclass(frozen=True)
class Plan:
    """What the needs of one household could be, on a day: parts for us, referrals for others."""

    needs: tuple[Need, ...]
    parts: tuple[Part, ...]
    referrals: tuple[ReferralPart, ...]


def plan_for(
    needs: Iterable[Need],
    *,
    standings: Iterable[Standing],
    procedures: Mapping[str, str],
    partners: Mapping[str, str],
    applicant_id: int | None,
) -> Plan:
    """This function will derive parts and referrals of several needs; what two needs lead to stands once.

    `procedures` names the procedure in force of each scheme, `partners` the labels of departments.
    """
    chosen, known = tuple(needs), list(standings)
    parts: dict[str, Part] = {}
    referrals: dict[str, ReferralPart] = {}
    for need in chosen:
        for path in need.paths:
            for standing in _fitting(path, known, applicant_id):
                if standing.scheme in procedures:
                    proposed = standing.likelihood in (Likelihood.LIKELY, Likelihood.OPEN) or (
                        path.fresh and standing.likelihood is Likelihood.UNLIKELY
                    )
                    part = Part(procedures[standing.scheme], standing, need, proposed)
                    parts.setdefault(part.key, part)
        for one in need.partners:
            about = [s for s in known if s.scheme == one.scheme]
            best = min(about, key=lambda s: list(Likelihood).index(s.likelihood), default=None)
            found = ReferralPart(one.partner, partners[one.partner], need, best.likelihood if best else None)
            referrals.setdefault(one.partner, found)
    return Plan(chosen, tuple(parts.values()), tuple(referrals.values()))


def _fitting(path: NeedPath, standings: Iterable[Standing], applicant_id: int | None) -> list[Standing]:
    """Those that have it or ask for it already, else the best (or each) of the most likely."""
    mine = [one for one in standings if one.scheme in path.schemes]
    settled = [one for one in mine if one.likelihood not in _ORDER]
    if settled and not path.pick_each:
        return settled

    def rank(one: Standing) -> tuple[int, int, int, bool, int]:
        # Among several that fit, the one that gives most: 特困 stands above 低保, and nobody gets both.
        own = one.person_id not in (None, applicant_id)
        return _ORDER.index(one.likelihood), -one.fen, path.schemes.index(one.scheme), own, one.person_id or 0

    open_ones = sorted((one for one in mine if one.likelihood in _ORDER), key=rank)
    if not open_ones:
        return settled
    first = open_ones[0]
    if not path.pick_each or first.likelihood is Likelihood.UNLIKELY:
        return [*settled, first]
    return [*settled, *(one for one in open_ones if one.likelihood is first.likelihood)]

"""A working frozen for a decision, and the same working done again from what was frozen."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.records.registry.vocabulary import read_value
from minsheng.work.eligibility.law import book, law_on
from minsheng.work.eligibility.population import Case
from minsheng.work.eligibility.queries.explanation import explain
from rulebook import Period, evaluate


@dataclass(frozen=True)
class Replayed:
    """What the frozen facts give today under the rules of their month; amounts in fen per month."""

    status: str
    amount_fen: int | None
    payable_fen: int | None
    law_digest: str
    facts_digest: str
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """This property will say whether nothing differs, to the fen."""
        return not self.differences


@dataclass(frozen=True)
class SchemeRef:
    """What other rooms may know of a scheme: its name, whose benefit it is, how often it is paid.

    `period` is month, once, year, or status (no money of its own).
    """

    code: str
    title: str
    of_person: bool
    period: str

    @property
    def monthly(self) -> bool:
        """This property will say whether it runs by month, with money or as a status, and not paid once."""
        return self.period in (Period.MONTH, Period.STATUS)

    @property
    def paid(self) -> bool:
        """This property will say whether it carries money of its own."""
        return self.period != Period.STATUS


def scheme_ref(*, code: str) -> SchemeRef | None:
    """This function will return a scheme's name and beneficiary; None for one that the rulebook does not hold."""
    scheme = book().schemes.get(code)
    if scheme is None:
        return None
    return SchemeRef(code, scheme.title, scheme.beneficiary == "person", scheme.period.value)


def freeze(
    *, viewer: Viewer, at: datetime, code: str, household_id: int, person_id: int | None, as_of: date
) -> dict[str, Any] | None:
    """This function will return a working with the facts it read, as plain JSON; None for a stranger or no scheme."""
    working = explain(viewer=viewer, at=at, code=code, household_id=household_id, person_id=person_id, as_of=as_of)
    found = registry.household_facts(viewer=viewer, household_id=household_id, as_of=as_of, known_at=at)
    if working is None or found is None:
        return None
    facts = {"household": found.household, "members": list(found.members), "area_id": found.area_id}
    return {
        "facts": json.loads(json.dumps(facts, default=date.isoformat)),
        "known_at": at.isoformat(),
        **json.loads(json.dumps(asdict(working), default=date.isoformat)),
    }


def digest_of_frozen(frozen: dict[str, Any]) -> str:
    """This function will return the SHA-256 (hex) of a frozen working in canonical JSON."""
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def replay(*, frozen: dict[str, Any]) -> Replayed:
    """This function will work the frozen facts out again under the rules of their month, and compare to the fen."""
    as_of = date.fromisoformat(frozen["as_of"])
    law = law_on(as_of)
    facts = frozen["facts"]
    case = Case(
        frozen["household_id"],
        facts["area_id"],
        _read(facts["household"]),
        tuple(_read(member) for member in facts["members"]),
    )
    person = str(frozen["person_id"]) if frozen["person_id"] is not None else None
    evaluation = evaluate(law, case.household(), as_of)
    told = evaluation.explain(frozen["code"], person)
    payable = {(p.scheme, p.person): p.payable_fen for p in evaluation.payable()}
    entitled = str(told.status) == "entitled"
    now: dict[str, Any] = {
        "status": str(told.status),
        "amount_fen": told.amount_fen if entitled else None,
        "payable_fen": payable.get((frozen["code"], person), 0),
        "law_digest": told.law_digest,
        "facts_digest": case.digest(),
    }
    names = {
        "status": "结论",
        "amount_fen": "金额",
        "payable_fen": "应发金额",
        "law_digest": "规定版本",
        "facts_digest": "情况版本",
    }
    differences = tuple(f"{names[key]}：当时 {frozen[key]}，现在 {now[key]}" for key in now if frozen[key] != now[key])
    return Replayed(
        now["status"], now["amount_fen"], now["payable_fen"], now["law_digest"], now["facts_digest"], differences
    )


def _read(row: dict[str, Any]) -> dict[str, Any]:
    # Ids are not facts; days come back from their ISO text by the attribute's own type.
    ids = ("household_id", "person_id", "area_id")
    return {name: value if name in ids else read_value(name, value) for name, value in row.items()}


def standard_on(*, day: date) -> int:
    """This function will return the monthly minimum living standard (低保标准) on a day, in fen per person."""
    return book().shared.numbers["household.standard"].on(day).value

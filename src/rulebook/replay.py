"""A decision frozen with everything that it rests on, and the proof, years later, that it was computed so.

A frozen decision is canonical JSON: facts, law, results, explanation, and a sha256 over all of it. It replays from
itself alone; today's policy files are only compared with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rulebook.book import Input, Rulebook
from rulebook.evaluation import Evaluation, evaluate
from rulebook.facts import Fact, Household, Person
from rulebook.frozen_law import freeze_law, thaw_law
from rulebook.law import Law, UnableToResolveLaw
from rulebook.problems import RulebookErrors
from rulebook.units import Entity
from rulebook.wording import EDITION

SCHEMA = "rulebook.decision/1"
# Where a line of `differences` is about what a Teller has worded.
_SPOKEN = re.compile(r"explanation\.[^:]*\b(text|branch|hint|result|conditions(\[\d+\])?): ")
Json = dict[str, Any]


class UnableToReplay(ValueError):
    """What was given is not a frozen decision of a schema known here. Says what it is."""


@dataclass(frozen=True)
class ReplayResult:
    """What a replay found.

    `intact`: the sha256 fits. `differences`: where results or explanation, computed again from the frozen facts and
    the frozen law, are not what was frozen. `law_changes`: where today's book says of that day something else than
    was frozen (a correction since); it does not make the decision wrong. `retold`: where a decision of an earlier
    edition of the words is told otherwise today; of the words' own edition, that is a difference like any other.
    """

    intact: bool
    differences: tuple[str, ...]
    law_changes: tuple[str, ...]
    retold: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """This property will be True when nothing was touched and the same comes out to the fen."""
        return self.intact and not self.differences


def canonical(content: Any) -> str:
    """This function will write plain values as JSON in the one form that is hashed: sorted keys, no spaces."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sealed(content: Mapping[str, Any]) -> str:
    """This function will return the sha256 of a frozen decision, its own `sha256` left out."""
    rest = {key: value for key, value in content.items() if key != "sha256"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def freeze(ev: Evaluation, scheme: str, person: str | None = None) -> Json:
    """This function will freeze one outcome: the facts and the law that it rests on, results, explanation, sha256.

    Facts that no rule concerned can read are left out. Raises UnableToFindInRulebook for an unknown scheme or person.
    """
    ev.place(ev.scheme(scheme).beneficiary, person)
    law = freeze_law(ev.law, scheme)
    inputs = {name: ev.law.book.inputs[name] for name in law["inputs"]}
    content: Json = {
        "schema": SCHEMA,
        "words": EDITION,
        "about": {"scheme": scheme, "person": person},
        "as_of": ev.as_of.isoformat(),
        "facts": {
            "household": _facts(ev.household.facts, inputs, Entity.HOUSEHOLD),
            "members": [
                {"key": member.key, "name": member.name, "facts": _facts(member.facts, inputs, Entity.PERSON)}
                for member in ev.household.members
            ],
        },
        "law": law,
        **_results(ev, law, scheme, person),
    }
    return {**content, "sha256": sealed(content)}


def replay(frozen: Mapping[str, Any], book: Rulebook | None = None) -> ReplayResult:
    """This function will compute a frozen decision again from itself; `book` is only compared with its law.

    Raises UnableToReplay when it is not a frozen decision, or is one that cannot be read any more.
    """
    if frozen.get("schema") != SCHEMA:
        raise UnableToReplay(f"the schema is {frozen.get('schema')!r}; this library replays {SCHEMA}")
    intact = frozen.get("sha256") == sealed(frozen)
    try:
        law = thaw_law(frozen["law"])
        about = frozen["about"]
        ev = evaluate(law, _household(frozen["facts"], law.book.inputs), date.fromisoformat(frozen["as_of"]))
        again = _results(ev, frozen["law"], about["scheme"], about["person"])
        before = {key: frozen[key] for key in again}
    except (LookupError, TypeError, ValueError, AttributeError, RulebookErrors, UnableToResolveLaw) as fault:
        if intact:
            raise UnableToReplay(f"the decision cannot be read any more: {fault!r}") from fault
        return ReplayResult(False, (f"it cannot be read any more: {fault!r}",), ())
    found = tuple(differences(before, again))
    retold = tuple(line for line in found if _SPOKEN.match(line)) if frozen.get("words", 1) != EDITION else ()
    return ReplayResult(
        intact,
        tuple(line for line in found if line not in retold),
        tuple(_changes(frozen["law"], about, book)),
        retold,
    )


def _changes(frozen: Json, about: Json, book: Rulebook | None) -> Iterator[str]:
    if book is None:
        return
    if about["scheme"] not in book.schemes:
        yield f"there is no scheme {about['scheme']} any more"
        return
    try:
        law: Law = book.law_on(date.fromisoformat(frozen["day"]))
    except UnableToResolveLaw as fault:
        yield str(fault)
        return
    now = freeze_law(law, about["scheme"])
    yield from differences({**frozen, "digest": ""}, {**now, "digest": ""})


def _results(ev: Evaluation, law: Json, scheme: str, person: str | None) -> Json:
    told = ev.explain(scheme, person).to_json()
    rows = [
        {"scheme": row.scheme, "person": row.person, "status": row.status, "amount_fen": row.amount_fen,
         "payable_fen": row.payable_fen, "period": row.period.value,
         "reductions": [{"against": r.against, "fen": r.fen, "text": r.text} for r in row.reductions]}
        for row in ev.payable() if row.scheme in law["stacked"]
    ]  # fmt: skip
    plain: Json = json.loads(canonical({"results": rows, "explanation": told}))
    return plain


def _facts(facts: Mapping[str, Fact], inputs: Mapping[str, Input], entity: Entity) -> Json:
    kept = {name: value for name, value in facts.items() if name in inputs and inputs[name].entity is entity}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in sorted(kept.items())}


def _household(frozen: Json, inputs: Mapping[str, Input]) -> Household:
    def read(facts: Json) -> dict[str, Fact]:
        return {
            name: date.fromisoformat(value) if inputs[name].type == "date" and value is not None else value
            for name, value in facts.items()
        }

    members = [Person(made["key"], read(made["facts"]), made["name"]) for made in frozen["members"]]
    return Household(read(frozen["household"]), members)


def differences(before: Any, after: Any, path: str = "") -> Iterator[str]:
    """This function will say where two plain values differ: `results[0].payable_fen: 180600 → 0`."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            at = f"{path}.{key}" if path else str(key)
            if key not in before or key not in after:
                yield f"{at}: {'added' if key in after else 'gone'}"
            else:
                yield from differences(before[key], after[key], at)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, two) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, two, f"{path}[{place}]")
    elif before != after or type(before) is not type(after):
        yield f"{path}: {canonical(before)} → {canonical(after)}"

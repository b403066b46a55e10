"""The law that results rest on, kept once per digest as canonical JSON, and results computed again from it.

Facts are not copied: the registry is bitemporal, so they are read as they were known when the result was stored. What a
decision rests on is frozen whole with the decision (`queries.freezing`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.models import FrozenLaw, Result
from minsheng.work.eligibility.population import Case
from rulebook import Law, dependencies_of, evaluate
from rulebook.frozen_law import freeze_law, thaw_law
from rulebook.replay import canonical


@dataclass(frozen=True)
class ReplayedResult:
    """One stored result computed again; `differences` says in Chinese what is not the same."""

    result_id: int
    scheme: str
    person_id: int | None
    valid_from: date
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """This property will say whether nothing differs, to the fen and to the byte."""
        return not self.differences


def digests_of(law: Law) -> dict[str, str]:
    """This function will return, per scheme, the digest of what its payable amount rests on."""
    graph = dependencies_of(law)
    return {code: graph.digest(code) for code in law.book.schemes}


def keep_law(law: Law, digests: Mapping[str, str], schemes: Iterable[str]) -> None:
    """This function will store the law of these schemes, each digest once; nobody changes it afterwards."""
    wanted = {digests[code]: code for code in schemes}
    known = set(FrozenLaw.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    rows = []
    for digest in sorted(wanted.keys() - known):
        content = canonical(freeze_law(law, wanted[digest]))
        rows.append(FrozenLaw(digest=digest, scheme=wanted[digest], content=content, sha256=_sha256(content)))
    FrozenLaw.objects.bulk_create(rows, ignore_conflicts=True)


def replay_results(*, viewer: Viewer, household_id: int) -> list[ReplayedResult]:
    """This function will compute every stored result of a household again, from the law kept with it and the facts as
    they were known then; call it inside the viewer's scope.
    """
    import json

    require(viewer=viewer, capability="eligibility.explain")
    rows = Result.objects.filter(household_id=household_id).select_related("run").order_by("valid_from", "id")
    laws = {law.digest: law for law in FrozenLaw.objects.filter(digest__in=[row.scheme_digest for row in rows])}
    found = []
    for row in rows:
        kept = laws.get(row.scheme_digest)
        if kept is None:
            differences = ["没有保存当时的规定"]
        elif _sha256(kept.content) != kept.sha256:
            differences = ["保存的规定被改动过"]
        else:
            differences = _again(viewer, row, thaw_law(json.loads(kept.content)), row.run.started_at)
        found.append(ReplayedResult(row.pk, row.scheme, row.person_id, row.valid_from, tuple(differences)))
    return found


def _again(viewer: Viewer, row: Result, law: Law, known_at: datetime) -> list[str]:
    facts = registry.household_facts(
        viewer=viewer, household_id=row.household_id, as_of=row.valid_from, known_at=known_at
    )
    if facts is None:
        return ["登记库里已经没有这一家"]
    case = Case(row.household_id, facts.area_id, facts.household, facts.members)
    person = str(row.person_id) if row.person_id is not None else None
    paid = {(p.scheme, p.person): p for p in evaluate(law, case.household(), row.valid_from).payable()}
    now = paid.get((row.scheme, person))
    told = []
    if case.digest() != row.facts_digest:
        told.append("当时的情况和保存的编号对不上")
    if now is None or now.status != row.status:
        told.append(f"结论：当时 {row.status}，现在 {now.status if now else 'not_entitled'}")
    elif (now.amount_fen if now.status == "entitled" else None, now.payable_fen) != (row.amount_fen, row.payable_fen):
        told.append(f"金额（分）：当时 {row.amount_fen}/{row.payable_fen}，现在 {now.amount_fen}/{now.payable_fen}")
    return told


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()

"""The law that results rest on, kept once per digest as canonical JSON, and results computed again from it.

Facts are not copied: the registry is bitemporal, so they are read as they were known when the result was stored. What a
decision rests on is frozen whole with the decision (`queries.freezing`).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.pages.wording import yuan
from minsheng.records.registry import queries as registry
from minsheng.work.eligibility.models import FrozenLaw, Result
from minsheng.work.eligibility.population import Case
from minsheng.work.eligibility.types import Status
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


@lru_cache(maxsize=64)
def digests_of(law: Law) -> Mapping[str, str]:
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


def print_replay(*, viewer: Viewer, at: datetime, household_id: int, as_of: date) -> int:
    """This function will replay what is stored of a household for a day, print 一致 or what differs, and return an exit
    code: 0 all the same, 1 something differs, 2 nothing is stored. No name is printed.
    """
    with acting_as(viewer=viewer, at=at):
        held = {
            row.pk: row
            for row in Result.objects.filter(household_id=household_id, valid_from__lte=as_of).exclude(
                valid_to__lte=as_of
            )
        }
        found = [one for one in replay_results(viewer=viewer, household_id=household_id) if one.result_id in held]
    if not found:
        print(f"户 {household_id} 在 {as_of} 没有保存的结果：没有算过，或者哪一项都不符合。请核对户号和日期。")
        return 2
    for one in found:
        row = held[one.result_id]
        whose = f"，人员 {one.person_id}" if one.person_id is not None else ""
        fen = row.payable_fen
        said = "还差信息" if row.status == Status.UNKNOWN else "只认资格" if not fen else f"{yuan(fen)} 元"
        print(f"{one.scheme}{whose}，自 {one.valid_from}（{said}）：{'一致' if one.same else '不一致'}")
        for line in one.differences:
            print(f"  {line}")
    differ = sum(not one.same for one in found)
    print(f"重算了 {len(found)} 项，{'全部一致' if not differ else f'{differ} 项不一致'}。")
    return 1 if differ else 0


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

from datetime import date, datetime
from typing import Any

from django.db import transaction

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.eligibility.law import book
from minsheng.work.eligibility.publishing.acting import locked, record
from minsheng.work.eligibility.publishing.amended import book_before, drafted_book
from minsheng.work.eligibility.publishing.models import Publication, Version
from minsheng.work.eligibility.publishing.types import Act, GivenVersion, Header, Status
from rulebook import ExampleResult, UnableToAmend, check_examples
from rulebook.book import Number

CAPABILITY = "eligibility.draft_policy"


class UnableToDraft(ValueError):
    """The draft cannot be made or changed like this: says why and what to do."""


def draft(*, actor: Viewer, at: datetime, header: Header, versions: tuple[GivenVersion, ...]) -> int:
    """This function will begin a publication with its first figures and return its number."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = Publication(status=Status.DRAFTED.value, author_id=actor.account_id, drafted_at=at)
        _fill(row, header)
        row.save()
        for version in versions:
            _put(row, version)
        _must_hold(row)
        record(row, actor=actor, at=at, action="drafted", names=[one.name for one in versions])
    return int(row.pk)


def put_version(*, actor: Viewer, at: datetime, publication_id: int, version: GivenVersion) -> None:
    """This function will add a figure to a draft, or give it another value; what was checked must be checked again."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _revised(publication_id, actor)
        _put(row, version)
        _must_hold(row)
        record(row, actor=actor, at=at, action="revised", put=version.name)


def drop_version(*, actor: Viewer, at: datetime, publication_id: int, name: str) -> None:
    """This function will take a figure out of a draft."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _revised(publication_id, actor)
        if not row.versions.filter(name=name).delete()[0]:
            raise UnableToDraft("这个数不在这项改动里。请刷新后再看。")
        record(row, actor=actor, at=at, action="revised", dropped=name)


def revise_header(*, actor: Viewer, at: datetime, publication_id: int, header: Header) -> None:
    """This function will change title, day, reason or grounds of a draft."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = _revised(publication_id, actor)
        _fill(row, header)
        row.save()
        _must_hold(row)
        record(row, actor=actor, at=at, action="revised", in_force=header.in_force_date.isoformat())


def withdraw(*, actor: Viewer, at: datetime, publication_id: int) -> None:
    """This function will give up a draft; it stays readable."""
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        row = locked(publication_id, Act.WITHDRAW, actor, UnableToDraft)
        row.save(update_fields=["status"])
        record(row, actor=actor, at=at, action="withdrawn")


def take_back(*, actor: Viewer, at: datetime, publication_id: int, in_force_date: date, reason: str) -> int:
    """This function will draft the return to the figures that held before a publication: a new version, nothing undone.

    It goes through the same gate. A day on or before the day it takes back replaces it wholly.
    """
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        undone = Publication.objects.filter(id=publication_id, status=Status.PUBLISHED.value).first()
        if undone is None:
            raise UnableToDraft("只有已签发的改动可以撤回；还没签发的，请直接作废或修改。")
        if not reason.strip():
            raise UnableToDraft("请写明为什么撤回。")
        before = book_before(undone)
        row = Publication(
            status=Status.DRAFTED.value,
            author_id=actor.account_id,
            drafted_at=at,
            title=f"撤回：{undone.title}"[:80],
            reason=reason.strip(),
            in_force_date=in_force_date,
            takes_back=undone,
        )
        row.save()
        why = f"撤回第 {undone.sequence} 号改动，恢复原数："
        for version in undone.versions.order_by("name"):
            target: Any = before.numbers.get(version.name) or before.tables[version.name]
            old = target.on(in_force_date)
            given = (
                GivenVersion(version.name, f"{why}{old.basis}"[:400], value=old.value, doubt=old.doubt or "")
                if isinstance(target, Number)
                else GivenVersion(version.name, f"{why}{old.basis}"[:400], None, old.edges, old.values, old.doubt or "")
            )
            _put(row, given)
        _must_hold(row)
        record(row, actor=actor, at=at, action="drafted", takes_back=undone.pk)
    return int(row.pk)


def check_examples_of(*, actor: Viewer, at: datetime, publication_id: int) -> bool:
    """This function will run every worked example under the drafted law and say whether the draft may go on.

    An example of a day before the new figures must come out as written. One on or after that day which came out under
    the present law and no longer does is listed: the signer sees that the change is what makes it differ.
    """
    require(viewer=actor, capability=CAPABILITY)
    with transaction.atomic():
        checked = locked(publication_id, Act.CHECK, actor, UnableToDraft)
        if not checked.versions.exists():
            raise UnableToDraft("这项改动里还没有数。请先从数字总表里选一个来改。")
        results = check_examples(drafted_book(checked))
        wrong_before = {_where(result) for result in check_examples(book()) if not result.passed}
        failed = [result for result in results if not result.passed]
        days = {(e.file, e.line): e.as_of for scheme in book().schemes.values() for e in scheme.examples}
        expected: list[dict[str, object]] = []
        broken: list[dict[str, object]] = []
        for result in failed:
            later = days[result.file, result.line] >= checked.in_force_date and _where(result) not in wrong_before
            (expected if later else broken).append(_told(result))
        checked.examples = {
            "run": len(results),
            "passed": len(results) - len(failed),
            "changed": expected,
            "broken": broken,
        }
        if broken:
            checked.status = Status.DRAFTED.value
        checked.save(update_fields=["status", "examples"])
        record(
            checked, actor=actor, at=at, action="examples_checked",
            run=len(results), changed=len(expected), broken=len(broken),
        )  # fmt: skip
    return not broken


def _where(result: ExampleResult) -> tuple[str, int]:
    return result.file, result.line


def _told(result: ExampleResult) -> dict[str, object]:
    return {"scheme": result.scheme, "title": result.title, "differences": list(result.differences)}


def _revised(publication_id: int, actor: Viewer) -> Publication:
    row = locked(publication_id, Act.REVISE, actor, UnableToDraft)
    row.examples, row.trial, row.tried_at, row.tried_on_version = {}, {}, None, ""
    row.save()
    return row


def _fill(row: Publication, header: Header) -> None:
    if not header.title.strip() or not header.reason.strip():
        raise UnableToDraft("请写明改动的名称和理由。")
    row.title, row.reason = header.title.strip(), header.reason.strip()
    row.in_force_date, row.backdating_basis = header.in_force_date, header.backdating_basis.strip()


def _put(row: Publication, given: GivenVersion) -> None:
    if not given.basis.strip():
        raise UnableToDraft("这个数没有写出处。请写明文号和条款。")
    Version.objects.update_or_create(
        publication=row,
        name=given.name,
        defaults={
            "value": given.value,
            "edges": list(given.edges),
            "values": list(given.values),
            "basis": given.basis.strip(),
            "doubt": given.doubt.strip(),
        },
    )


def _must_hold(row: Publication) -> None:
    """The drafted law must load, or the officer learns it now and not the signer."""
    try:
        drafted_book(row)
    except UnableToAmend as refusal:
        raise UnableToDraft(str(refusal)) from refusal

"""Reads of evidence: the trail with filters, roots, checks, and the proof of one entry."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from minsheng.foundation.access.context import BUSINESS_ZONE, acting_as
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry
from minsheng.foundation.audit.queries import entry_of
from minsheng.foundation.audit.rules import canonical, instant, path_to
from minsheng.foundation.evidence.models import Check, Leaf, Root
from minsheng.foundation.evidence.rules import DRILL_WITHIN, hash_of, written
from minsheng.foundation.evidence.types import CheckKind
from minsheng.foundation.pages.paging import KeysetPage, keyset_page

PROOF_FORMAT = "minsheng-audit-proof-1"
MOST_LINES = 2000


class UnableToProve(LookupError):
    """There is no such entry, or it is not sealed yet."""


@dataclass(frozen=True)
class RootView:
    """One root for its page."""

    number: int
    at: datetime
    size: int
    line_hash: str

    @property
    def is_heartbeat(self) -> bool:
        return self.size == 0


@dataclass(frozen=True)
class CheckView:
    """One check for its page."""

    kind: CheckKind
    at: datetime
    by: str
    holds: bool
    summary: str


def proof_of(*, viewer: Viewer, at: datetime, entry_id: UUID) -> dict[str, Any]:
    """This function will return the proof that one entry was sealed as it stands: entry, path, root, later roots.

    `tools/verify_audit.py` checks it with nothing of ours; the lines lead on to the newest root, whose hash stands on
    the printed page of its day.
    """
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        entry = entry_of(viewer=viewer, entry_id=entry_id)
        if entry is None:
            raise UnableToProve("没有这条记录。请核对编号。")
        leaf = Leaf.objects.filter(entry_id=entry_id).first()
        if leaf is None:
            raise UnableToProve("这条记录还没有封存。封存每分钟一次，请稍后再试。")
        root = Root.objects.filter(first__lte=leaf.position).order_by("-first", "-size").first()
        assert root is not None, "a leaf stands under a root"
        digests = Leaf.objects.filter(position__gte=root.first, position__lt=root.first + root.size)
        leaves = [bytes(one) for one in digests.order_by("position").values_list("digest", flat=True)]
        later = Root.objects.filter(number__gte=root.number).order_by("number")[:MOST_LINES]
        plain = {**entry, "id": str(entry["id"]), "at": instant(entry["at"])}
        return {
            "format": PROOF_FORMAT,
            "algorithm": "SM3, GB/T 32905-2016; tree of RFC 6962",
            "entry": plain,
            "bytes": canonical(entry).decode(),
            "index": leaf.position - root.first,
            "path": [node.hex() for node in path_to(leaves, leaf.position - root.first)],
            "lines": [written(one.line) for one in later],
        }


def roots(*, viewer: Viewer, at: datetime, limit: int = 200, only_with_entries: bool = False) -> list[RootView]:
    """This function will list the newest roots, the newest first."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        rows = Root.objects.filter(size__gt=0) if only_with_entries else Root.objects.all()
        return [_root(row) for row in rows.order_by("-number")[:limit]]


def _root(row: Root) -> RootView:
    return RootView(row.number, row.at, row.size, hash_of(written(row.line)))


def checks(*, viewer: Viewer, at: datetime, kind: CheckKind | None = None, limit: int = 20) -> list[CheckView]:
    """This function will list the newest checks, the newest first."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        rows = Check.objects.filter(kind=kind.value) if kind else Check.objects.all()
        newest = rows.order_by("-at", "-id")[:limit]
        return [CheckView(CheckKind(r.kind), r.at, r.account_name, r.holds, r.summary) for r in newest]


def drill_is_late(*, viewer: Viewer, at: datetime) -> str:
    """This function will say in words that no drill of a restore held for too long, or nothing where one did."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        last = Check.objects.filter(kind=CheckKind.RESTORE.value, holds=True).order_by("-at").first()
    if last is None:
        return "还没有一次恢复演练是相符的。备份能不能用，现在不知道。"
    if at - last.at > DRILL_WITHIN:
        return f"已经 {(at - last.at).days} 天没有相符的恢复演练。备份能不能用，现在不知道。"
    return ""


def proven_copies(*, viewer: Viewer, at: datetime) -> set[str]:
    """This function will name the backups that a drill has restored whole."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        held = Check.objects.filter(kind=CheckKind.RESTORE.value, holds=True)
        return {str(detail.get("base", "")) for detail in held.values_list("detail", flat=True)}


@dataclass(frozen=True)
class DayOfRoots:
    """The roots of one day, told by hour: (hour, roots, entries, hash of the hour's last line)."""

    first_number: int
    last_number: int
    entries: int
    last_hash: str
    by_hour: tuple[tuple[int, int, int, str], ...]


def day_of_roots(*, viewer: Viewer, at: datetime, since: datetime, until: datetime) -> DayOfRoots | None:
    """This function will return the roots between two instants of one day, or None where there are none."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        found = list(Root.objects.filter(at__gte=since, at__lt=until).order_by("number"))
    if not found:
        return None
    hours: dict[int, tuple[int, int, str]] = {}
    for root in found:
        hour = root.at.astimezone(since.tzinfo).hour
        roots_before, entries_before, _ = hours.get(hour, (0, 0, ""))
        hours[hour] = (roots_before + 1, entries_before + root.size, hash_of(written(root.line)))
    return DayOfRoots(
        first_number=found[0].number,
        last_number=found[-1].number,
        entries=sum(root.size for root in found),
        last_hash=hash_of(written(found[-1].line)),
        by_hour=tuple((hour, *told) for hour, told in hours.items()),
    )


@dataclass(frozen=True)
class EntryView:
    """One entry of the trail for its page; what was looked at is a number, never a name."""

    id: UUID
    at: datetime
    account_id: int | None
    account_name: str
    role: str
    action: str
    object_type: str
    object_id: str
    purpose: str
    detail: dict[str, Any]
    request_id: str


@dataclass(frozen=True)
class TrailFilter:
    """What of the trail is asked for; each empty part asks for everything."""

    room: str = ""
    account_id: int | None = None
    object_type: str = ""
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def trail(
    *, viewer: Viewer, at: datetime, wanted: TrailFilter, token: str | None = None
) -> tuple[list[EntryView], KeysetPage[Entry]]:
    """This function will return one page of the trail, the newest first, with the tokens of its neighbours."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        rows = Entry.objects.all()
        if wanted.room:
            rows = rows.filter(action__startswith=f"{wanted.room}.")
        if wanted.account_id is not None:
            rows = rows.filter(account_id=wanted.account_id)
        if wanted.object_type:
            rows = rows.filter(object_type=wanted.object_type, object_id=wanted.object_id)
        if wanted.since is not None:
            rows = rows.filter(at__gte=wanted.since)
        if wanted.until is not None:
            rows = rows.filter(at__lt=wanted.until)
        page = keyset_page(rows, order=("-at", "-id"), token=token)
        return [_entry(row) for row in page.rows], page


def entry_view(*, viewer: Viewer, at: datetime, entry_id: UUID) -> tuple[EntryView, int | None, RootView | None] | None:
    """This function will return one entry, its place in the sealed order and its root, or None for a stranger."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        row = Entry.objects.filter(id=entry_id).first()
        if row is None:
            return None
        leaf = Leaf.objects.filter(entry_id=entry_id).first()
        if leaf is None:
            return _entry(row), None, None
        root = Root.objects.filter(first__lte=leaf.position).order_by("-first", "-size").first()
        return _entry(row), leaf.position, _root(root) if root else None


def _entry(row: Entry) -> EntryView:
    return EntryView(
        row.id, row.at, row.account_id, row.account_name, row.role, row.action, row.object_type, row.object_id,
        row.purpose, row.detail, row.request_id,
    )  # fmt: skip


def days_with_roots(*, viewer: Viewer, at: datetime, days: int = 14) -> list[date]:
    """This function will list the business days of the last fortnight that have roots, the newest first."""
    require(viewer=viewer, capability="audit.view")
    with acting_as(viewer=viewer, at=at):
        found = Root.objects.filter(at__gte=at - timedelta(days=days)).datetimes("at", "day", tzinfo=BUSINESS_ZONE)
        return sorted({one.date() for one in found}, reverse=True)

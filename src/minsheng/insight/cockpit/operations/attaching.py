"""Photos of projects, and papers that prove what somebody states: taken in clean, kept sealed, opened on record."""

import base64
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.queries import areas_inside
from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.foundation.files.attachments import PAPERS, PHOTOS, MediaType, UnableToTakeFile, take_file
from minsheng.foundation.sealing.operations import open_sealed, seal
from minsheng.insight.cockpit.models import KeptFile, ProjectPhoto, Statement
from minsheng.insight.cockpit.rules.projects import area_of_project
from minsheng.insight.cockpit.sealed_columns import CONTENT
from minsheng.insight.cockpit.types import Sent, StatementKind
from minsheng.records.registry.days import business_day

MOST_PHOTOS = 40  # of one project


class UnableToAttach(ValueError):
    """The file or photo cannot be kept so: says why and what to do."""


class UnableToFindFile(LookupError):
    """There is no such file in the actor's areas: a stranger learns no more."""


@dataclass(frozen=True)
class Opened:
    """A file as it is handed out."""

    name: str
    media_type: MediaType
    content: bytes


def keep_file(
    *, actor: Viewer, at: datetime, area_id: int, sent: Sent, allowed: frozenset[MediaType] = PAPERS
) -> KeptFile:
    """This function will keep a cleaned file in the actor's transaction; raises UnableToAttach."""
    try:
        taken = take_file(content=sent.content, name=sent.name, allowed=allowed)
    except UnableToTakeFile as problem:
        raise UnableToAttach(str(problem)) from problem
    number = uuid.uuid4()
    text = base64.b64encode(taken.content).decode()
    return KeptFile.objects.create(
        id=number,
        area_id=area_id,
        name=taken.name,
        media_type=taken.media_type.value,
        size=len(taken.content),
        width=taken.width,
        height=taken.height,
        sha256=taken.sha256,
        content_sealed=seal(context=CONTENT, row_id=number, value=text),
        kept_at=at,
        kept_by=actor.account_id,
    )


def add_photo(*, actor: Viewer, at: datetime, project_id: int, taken_on: date, words: str, sent: Sent) -> int:
    """This function will keep a photo of a project; returns its number. Raises UnableToAttach."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.report_project")
        project = Statement.objects.filter(pk=project_id, kind=StatementKind.PROJECT.value).first()
        if project is None:
            raise UnableToAttach("没有这个项目，也许链接旧了。请从项目清单里再选。")
        owner = str(project.detail.get("owner") or "")
        area = area_of_project(owner=owner, areas=areas_inside(viewer=actor))
        if area is None:
            raise UnableToAttach("这个项目不在负责的区域。")
        if taken_on > business_day(at):
            raise UnableToAttach("拍照的日期不能晚于今天。")
        if not words.strip():
            raise UnableToAttach("请写明照片里看得到什么，看不见图的人靠这句话。")
        shown = ProjectPhoto.objects.filter(statement=project, withdrawn_at__isnull=True)
        if shown.count() >= MOST_PHOTOS:
            raise UnableToAttach(f"这个项目已有 {MOST_PHOTOS} 张照片。请先撤下不要的，再加新的。")
        file = keep_file(actor=actor, at=at, area_id=area.id, sent=sent, allowed=PHOTOS)
        if shown.filter(file__sha256=file.sha256).exists():
            raise UnableToAttach("这张照片已经加过了。")
        photo = ProjectPhoto.objects.create(
            statement=project,
            area_id=area.id,
            file=file,
            taken_on=taken_on,
            words=words.strip()[:200],
            added_at=at,
            added_by=actor.account_id,
        )
        _record(actor, at, "cockpit.photo_added", "cockpit.photo", photo.pk, area.id)
    return int(photo.pk)


def withdraw_photo(*, actor: Viewer, at: datetime, project_id: int, photo_id: int, reason: str) -> None:
    """This function will take a photo off the page of its project, with a reason; the file stays."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.report_project")
        photos = ProjectPhoto.objects.select_for_update(no_key=True)
        photo = photos.filter(pk=photo_id, statement_id=project_id).first()
        if photo is None:
            raise UnableToFindFile("没有这张照片，或者不在负责的区域。")
        if photo.withdrawn_at is not None:
            raise UnableToAttach("这张照片已经撤下了。")
        if not reason.strip():
            raise UnableToAttach("请写明为什么撤下，例如“拍到了居民的脸”。")
        photo.withdrawn_at, photo.withdrawn_by = at, actor.account_id
        photo.withdrawn_reason = reason.strip()[:200]
        photo.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        _record(actor, at, "cockpit.photo_withdrawn", "cockpit.photo", photo.pk, photo.area_id)


def open_photo(*, actor: Viewer, at: datetime, project_id: int, photo_id: int) -> Opened:
    """This function will return a photo that stands on a project's page; raises UnableToFindFile."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.view")
        shown = ProjectPhoto.objects.select_related("file").filter(withdrawn_at__isnull=True)
        photo = shown.filter(pk=photo_id, statement_id=project_id).first()
        if photo is None:
            raise UnableToFindFile("没有这张照片，或者不在负责的区域。")
        return _opened(photo.file)


def open_paper(*, actor: Viewer, at: datetime, file_id: uuid.UUID) -> Opened:
    """This function will return a paper that somebody attached as evidence, and record the look."""
    with acting_as(viewer=actor, at=at):
        require(viewer=actor, capability="cockpit.open_paper")
        file = KeptFile.objects.filter(pk=file_id).exclude(pk__in=ProjectPhoto.objects.values("file_id")).first()
        if file is None:
            raise UnableToFindFile("没有这个文件，或者不在负责的区域。")
        _record(actor, at, "cockpit.paper_opened", "cockpit.file", file.pk, file.area_id)
        return _opened(file)


def _opened(file: KeptFile) -> Opened:
    text = open_sealed(context=CONTENT, row_id=file.pk, sealed=file.content_sealed)
    return Opened(file.name, MediaType(file.media_type), base64.b64decode(text))


def _record(actor: Viewer, at: datetime, action: str, kind: str, number: object, area_id: int) -> None:
    audit.record(actor=actor, at=at, action=action, object_type=kind, object_id=str(number), area_id=area_id, detail={})

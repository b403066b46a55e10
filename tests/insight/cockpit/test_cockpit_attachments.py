"""Photos of projects and papers behind figures: kept clean and sealed, seen by whom they concern, opened on record."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client

from foundation.files.pictures import JPEG, telltale
from foundation.files.test_attachments import PDF
from foundation.files.test_scanning import EICAR, clamd
from minsheng.foundation.access.context import acting_as
from minsheng.foundation.access.types import UnableToAct
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit.models import Entry as AuditEntry
from minsheng.insight.cockpit import operations
from minsheng.insight.cockpit.models import Entry, ProjectPhoto, SelfCheck, Statement
from minsheng.insight.cockpit.operations import (
    NewReport,
    Stated,
    UnableToAttach,
    UnableToEnter,
    UnableToEvaluate,
    UnableToFindFile,
    UnableToReport,
)
from minsheng.insight.cockpit.queries.photos import photos_of
from minsheng.insight.cockpit.queries.projects import project
from minsheng.insight.cockpit.types import Grade, Sent, Stage

__all__ = ["clamd"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("district")]
DISTRICT, CAIHE = "330102000000", "330102012000"
ViewerOf = Callable[[str], Viewer]
OpenAs = Callable[[str], Client]


def project_of(owner: str) -> int:
    """This function will return the number of the first project of an owner."""
    rows = Statement.objects.filter(kind="project").order_by("number")
    return next(row.pk for row in rows if row.detail.get("owner") == owner)


@pytest.fixture
def own() -> int:
    """This fixture is a project of the bureau itself."""
    return Statement.objects.filter(kind="project").order_by("number").first().pk  # type: ignore[union-attr]


def photo(project_id: int, **given: object) -> dict[str, object]:
    usual = {
        "project_id": project_id,
        "taken_on": date(2026, 11, 1),
        "words": "主体到三层",
        "sent": Sent("a.jpg", JPEG),
    }
    return usual | given


# ---- photos ----------------------------------------------------------------------------------------------------
def test_a_photo_loses_its_place_is_sealed_and_stands_on_the_page_in_words(
    open_as: OpenAs, own: int, viewer_of: ViewerOf, at: datetime
) -> None:
    bureau = open_as("district_business")
    given = {"taken_on": "2026-11-01", "words": "主体结构到三层，东侧有脚手架"}
    file = SimpleUploadedFile("IMG_1.JPG", telltale(turned=6), "text/html")
    assert bureau.post(f"/cockpit/projects/{own}/photos/", given | {"photo": file}).status_code == 302
    with acting_as(viewer=viewer_of("district_business"), at=at):
        row = ProjectPhoto.objects.select_related("file").get(words=given["words"])
        assert AuditEntry.objects.filter(action="cockpit.photo_added", object_id=str(row.pk)).count() == 1
    assert (row.file.width, row.file.height, row.file.media_type) == (8, 16, "image/jpeg")
    assert JPEG[20:60] not in bytes(row.file.content_sealed), "sealed"
    page = bureau.get(f"/cockpit/projects/{own}/").content.decode()
    assert 'alt="主体结构到三层，东侧有脚手架" width="8" height="16"' in page
    assert "2026年11月1日" in page
    shown = bureau.get(f"/cockpit/projects/{own}/photos/{row.pk}/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown.content.startswith(b"\xff\xd8")
    assert b"GPS" not in shown.content
    assert bureau.get(f"/cockpit/projects/{own + 1}/photos/{row.pk}/").status_code == 404, "of another project"


def test_a_photo_is_for_whoever_sees_the_project_and_nobody_else(
    open_as: OpenAs, own: int, viewer_of: ViewerOf, at: datetime
) -> None:
    number = operations.add_photo(actor=viewer_of("district_business"), at=at, **photo(own))  # type: ignore[arg-type]
    path = f"/cockpit/projects/{own}/photos/{number}/"
    assert open_as("district_leader").get(path).status_code == 200
    assert open_as("street_intake").get(path).status_code == 404
    street = viewer_of("street_intake")
    with acting_as(viewer=street, at=at):
        assert photos_of(viewer=street, project_id=own) == ()
    assert open_as("district_leader").post(f"{path}withdraw/", {"reason": "x"}).status_code == 403
    with pytest.raises(UnableToAttach, match="不在负责的区域"):
        operations.add_photo(actor=street, at=at, **photo(project_of("凯旋街道")))  # type: ignore[arg-type]


def test_the_database_shows_photos_and_papers_of_own_areas_only(viewer_of: ViewerOf, own: int, at: datetime) -> None:
    business, street = viewer_of("district_business"), viewer_of("street_intake")
    number = operations.add_photo(actor=business, at=at, **photo(own))  # type: ignore[arg-type]
    with acting_as(viewer=business, at=at):
        file = ProjectPhoto.objects.get(pk=number).file_id
    count = (
        "SELECT (SELECT count(*) FROM cockpit_file WHERE id = %s), count(*) FROM cockpit_project_photo WHERE id = %s"
    )
    seen = []
    for viewer in (business, street, None):
        with acting_as(viewer=viewer, at=at) if viewer else nullcontext(), connection.cursor() as cursor:
            cursor.execute(count, [file, number])
            seen.append(cursor.fetchone())
    assert min(seen[0]) > 0
    assert seen[1:] == [(0, 0), (0, 0)], "another street, and without a context"


def test_a_photo_is_withdrawn_with_a_reason_and_its_file_stays(viewer_of: ViewerOf, own: int, at: datetime) -> None:
    business = viewer_of("district_business")
    number = operations.add_photo(actor=business, at=at, **photo(own))  # type: ignore[arg-type]
    which = {"project_id": own, "photo_id": number}
    with pytest.raises(UnableToAttach, match="已经加过"):
        operations.add_photo(actor=business, at=at, **photo(own, words="又一次"))  # type: ignore[arg-type]
    with pytest.raises(UnableToAttach, match="为什么撤下"):
        operations.withdraw_photo(actor=business, at=at, reason=" ", **which)
    operations.withdraw_photo(actor=business, at=at, reason="拍到了居民的脸", **which)
    with pytest.raises(UnableToAttach, match="已经撤下"):
        operations.withdraw_photo(actor=business, at=at, reason="再一次", **which)
    with pytest.raises(UnableToFindFile):
        operations.open_photo(actor=business, at=at, **which)
    with acting_as(viewer=business, at=at):
        assert number not in [line.id for line in photos_of(viewer=business, project_id=own)]
        file = ProjectPhoto.objects.get(pk=number).file_id
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        acting_as(viewer=business, at=at),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM cockpit_file WHERE id = %s", [file])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"taken_on": date(2026, 11, 9)}, "不能晚于今天"),
        ({"words": " "}, "看得到什么"),
        ({"sent": Sent("a.jpg", PDF)}, "只收 JPEG、PNG 照片"),
        ({"project_id": 10**9}, "没有这个项目"),
    ],
)
def test_a_photo_that_is_not_taken_says_why(
    given: dict[str, object], says: str, viewer_of: ViewerOf, own: int, at: datetime
) -> None:
    with pytest.raises(UnableToAttach, match=says):
        operations.add_photo(actor=viewer_of("district_business"), at=at, **photo(own) | given)  # type: ignore[arg-type]


def test_a_photo_with_a_virus_goes_to_quarantine(
    open_as: OpenAs, own: int, clamd: str, settings: object, tmp_path: object
) -> None:
    settings.VIRUS_SCANNER, settings.QUARANTINE = clamd, tmp_path  # type: ignore[attr-defined]
    bureau, path = open_as("district_business"), f"/cockpit/projects/{own}/photos/"
    given = {"taken_on": "2026-11-01", "words": "一"}
    file = SimpleUploadedFile("a.jpg", JPEG + EICAR, "image/jpeg")
    assert bureau.post(path, given | {"photo": file}).status_code == 422
    assert len(list(tmp_path.glob("*.infected"))) == 1  # type: ignore[attr-defined]
    clean = SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")
    assert bureau.post(path, given | {"photo": clean}).status_code == 302, "the control"


# ---- papers ----------------------------------------------------------------------------------------------------
def stated(**given: object) -> Stated:
    usual = {"indicator": "eco_burial_places", "area_code": DISTRICT, "as_of": date(2025, 12, 31)}
    counted = {"numerator": Decimal(3), "denominator": Decimal(4), "evidence": "年末台账"}
    return Stated(**usual | counted | given)  # type: ignore[arg-type]


def test_a_value_wants_a_number_or_a_paper_and_the_reviewer_opens_it(
    open_as: OpenAs, viewer_of: ViewerOf, at: datetime
) -> None:
    owner = viewer_of("district_business")
    with pytest.raises(UnableToEnter, match="文号或台账编号，或者附上"):
        operations.enter_value(actor=owner, at=at, stated=stated())
    with pytest.raises(UnableToEnter, match="JavaScript"):
        acting = Sent("a.pdf", PDF.replace(b"/Type", b"/JavaScript 1 0 R /Type"))
        operations.enter_value(actor=owner, at=at, stated=stated(file=acting))
    paper = SimpleUploadedFile("台账.pdf", PDF, "application/pdf")
    given = {"area": DISTRICT, "as_of": "2025-12-31", "numerator": "3", "denominator": "4", "evidence": "年末台账"}
    sent = open_as("district_business").post(
        "/cockpit/indicators/eco_burial_places/entries/new/", given | {"file": paper}
    )
    assert sent.status_code == 302
    with acting_as(viewer=owner, at=at):
        entry = Entry.objects.get(indicator="eco_burial_places")
    reviewer = open_as("district_review")
    desk = reviewer.get("/cockpit/entries/").content.decode()
    path = f"/cockpit/papers/{entry.file_id}/"
    assert path in desk
    assert "打开依据文件：台账.pdf" in desk
    opened = reviewer.get(path)
    assert (opened.content, opened["Content-Type"]) == (PDF, "application/pdf")
    assert opened["Content-Disposition"].startswith("attachment;")
    with acting_as(viewer=owner, at=at):
        assert AuditEntry.objects.filter(action="cockpit.paper_opened", object_id=str(entry.file_id)).count() == 1


def test_a_paper_is_not_for_who_only_looks_nor_for_a_stranger(
    open_as: OpenAs, viewer_of: ViewerOf, own: int, at: datetime
) -> None:
    owner = viewer_of("district_business")
    number = operations.enter_value(actor=owner, at=at, stated=stated(file=Sent("台账.pdf", PDF)))
    with acting_as(viewer=owner, at=at):
        file = Entry.objects.get(pk=number).file_id
    assert file is not None
    with pytest.raises(UnableToAct):
        operations.open_paper(actor=viewer_of("district_leader"), at=at, file_id=file)
    desk = open_as("district_leader").get("/cockpit/entries/").content.decode()
    assert f"/cockpit/papers/{file}/" not in desk
    assert "由填报和复核的岗位看" in desk
    for stranger in (file, uuid4()):
        with pytest.raises(UnableToFindFile):
            operations.open_paper(actor=viewer_of("street_review"), at=at, file_id=stranger)
    picture = operations.add_photo(actor=owner, at=at, **photo(own))  # type: ignore[arg-type]
    with acting_as(viewer=owner, at=at):
        held = ProjectPhoto.objects.get(pk=picture).file_id
    with pytest.raises(UnableToFindFile):
        operations.open_paper(actor=owner, at=at, file_id=held)


def test_a_self_evaluation_is_proved_too(viewer_of: ViewerOf, at: datetime, open_as: OpenAs) -> None:
    street = viewer_of("street_confirm")
    said = {"indicator": "benefit_reach", "area_code": CAIHE, "year": 2026, "grade": Grade.REACHED, "words": "都走到了"}
    with pytest.raises(UnableToEvaluate, match="文号或台账编号，或者附上"):
        operations.evaluate_self(actor=street, at=at, **said)  # type: ignore[arg-type]
    paper = Sent("走访台账.pdf", PDF)
    number = operations.evaluate_self(actor=street, at=at, file=paper, **said)  # type: ignore[arg-type]
    again = operations.evaluate_self(actor=street, at=at, **said | {"words": "还差一户"})  # type: ignore[arg-type]
    assert again == number, "the paper stays where only the words change"
    with acting_as(viewer=street, at=at):
        file = SelfCheck.objects.get(pk=number).file_id
    page = open_as("district_review").get("/cockpit/self-checks/").content.decode()
    assert f"/cockpit/papers/{file}/" in page


# ---- delays ----------------------------------------------------------------------------------------------------
def test_a_late_project_says_why(viewer_of: ViewerOf, own: int, at: datetime) -> None:
    business, today = viewer_of("district_business"), at.date()

    def report(**given: object) -> NewReport:
        usual: dict[str, object] = {
            "statement_id": own, "stage": Stage.BUILDING, "on_date": today, "planned_end": today + timedelta(days=90),
            "expected_end": today + timedelta(days=80), "spent_fen": None, "investment_fen": None, "note": "监理月报",
        }  # fmt: skip
        return NewReport(**usual | given)  # type: ignore[arg-type]

    operations.report_project(actor=business, at=at, report=report())
    later = {"planned_end": None, "expected_end": today + timedelta(days=120)}
    with pytest.raises(UnableToReport, match="写明原因"):
        operations.report_project(actor=business, at=at, report=report(**later))
    operations.report_project(actor=business, at=at, report=report(**later, delay_reason="管线迁改"))
    with acting_as(viewer=business, at=at):
        line = project(viewer=business, at=at, project_id=own)
    assert line is not None
    assert (line.delay.days, line.delay_reason) == (30, "管线迁改")

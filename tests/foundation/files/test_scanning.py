"""Files are shown to clamd before anything reads them: its protocol against a stub socket, and through a real form.

EICAR's text is put together here, so that no scanner takes this file for the real thing.
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import builders
from minsheng.foundation.accounts.models import Account
from minsheng.foundation.files.scanning import Verdict, scan

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


class Clamd(socketserver.BaseRequestHandler):
    """The part of clamd that is spoken to: zINSTREAM, chunks with their lengths, a zero, one answer."""

    seen: list[bytes] = []
    says = ""

    def handle(self) -> None:
        file = self.request.makefile("rb")
        assert file.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", file.read(4))[0]:
            content += file.read(size)
        self.seen.append(content)
        told = self.says or ("stream: Eicar-Signature FOUND" if EICAR in content else "stream: OK")
        self.request.sendall(told.encode() + b"\0")


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """This fixture will listen as clamd does."""
    Clamd.seen, Clamd.says = [], ""
    place = str(tmp_path / "clamd.ctl")
    with socketserver.ThreadingUnixStreamServer(place, Clamd) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield place
        server.shutdown()


def test_the_protocol(clamd: str) -> None:
    large = b"0123456789" * 20_000  # more than one piece
    assert scan([b"harmless"], address=clamd) == (Verdict.CLEAN, "")
    assert scan([large], address=clamd) == (Verdict.CLEAN, "")
    assert scan([b"x" * 10 + EICAR], address=clamd) == (Verdict.INFECTED, "Eicar-Signature")
    assert Clamd.seen == [b"harmless", large, b"x" * 10 + EICAR], "it saw every byte"


@pytest.mark.parametrize("says", ["INSTREAM size limit exceeded. ERROR", "UNKNOWN COMMAND", "stream: OK but"])
def test_what_is_not_a_clear_answer_is_unknown(clamd: str, says: str) -> None:
    Clamd.says = says
    assert scan([b"x"], address=clamd)[0] is Verdict.UNKNOWN


def test_nobody_there_is_unknown_and_not_clean(tmp_path: Path) -> None:
    assert scan([b"x"], address=str(tmp_path / "nobody"))[0] is Verdict.UNKNOWN
    assert scan([b"x"], address="127.0.0.1:1")[0] is Verdict.UNKNOWN


@pytest.fixture
def officer(at: datetime) -> Client:
    """This fixture will sign in somebody who may import tables."""
    builders.plant_small_tree()
    viewer = builders.staff(at=at, role="district_business", area_id=builders.DISTRICT)
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, content: bytes) -> Any:
    file = SimpleUploadedFile("../../表.csv", content)
    return client.post("/imports/", {"file": file, "kind": "facts", "source": "import", "valid_from": "2026-11-03"})


@pytest.mark.django_db
def test_through_a_form(officer: Client, clamd: str, settings: Any, tmp_path: Path) -> None:
    settings.VIRUS_SCANNER, settings.QUARANTINE = clamd, tmp_path / "quarantine"
    infected = send(officer, EICAR)
    assert infected.status_code == 422
    assert "有病毒" in infected.content.decode()
    held = sorted((tmp_path / "quarantine").iterdir())
    assert [path.suffix for path in held] == [".infected", ".json"]
    assert held[0].read_bytes() == EICAR
    assert (held[0].stat().st_mode & 0o777, held[0].parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "表" not in held[0].name, "no name of the sender's"
    clean = send(officer, "姓名\n".encode())
    assert "有病毒" not in clean.content.decode(), "control: a harmless file reaches the form"
    settings.VIRUS_SCANNER = str(tmp_path / "nobody")
    unknown = send(officer, "姓名\n".encode())
    assert (unknown.status_code, unknown.headers["Retry-After"]) == (503, "300")
    assert "没有收下" in unknown.content.decode()


def test_an_installation_without_a_scanner_is_not_served(settings: Any) -> None:
    def warned() -> bool:
        return "files.W001" in {one.id for one in run_checks(include_deployment_checks=True)}

    settings.VIRUS_SCANNER = ""
    assert warned()
    settings.VIRUS_SCANNER = "none"
    assert not warned()

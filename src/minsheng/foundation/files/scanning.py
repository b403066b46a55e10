"""Every file that is sent in is shown to a virus scanner before any of it is read (ASVS 5.4.3, GB/T 22239 8.1.4.5).

The scanner is clamd, by its INSTREAM protocol, at the address of settings VIRUS_SCANNER (`host:port` or a socket's
path). An infected file goes to the quarantine folder; while the scanner does not answer, nothing is taken: unknown is
not clean. Without an address nothing is scanned, and the check files.W001 says so before the installation is served.
"""

import json
import logging
import os
import socket
import struct
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from minsheng.foundation.pages.views import Story, tell

log = logging.getLogger("minsheng.files")
CHUNK = 2**16
PATIENCE_SECONDS = 20.0


class Verdict(StrEnum):
    """What the scanner says; UNKNOWN also when it says nothing."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


INFECTED = Story(
    422,
    "文件里有病毒，没有收下",
    "查毒时发现文件里有病毒，没有打开，也没有留在系统里。",
    "没有改动任何数据。",
    "请先在自己的电脑上杀毒，或者换一台电脑重新做一份，再交一次；并告诉单位的系统管理员。",
)
NOT_SCANNED = Story(
    503,
    "现在查不了毒，文件没有收下",
    "文件要先查毒才能收，查毒的服务暂时不通。",
    "没有改动任何数据；您填的内容还留在上一页。",
    "请过几分钟再交一次；还不行，请打值班电话并报出下面的编号。",
)


def scan(chunks: Iterable[bytes], *, address: str) -> tuple[Verdict, str]:
    """This function will show a file to clamd and return the verdict, with the name of what was found."""
    try:
        with _connected(address) as line:
            line.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                for start in range(0, len(chunk), CHUNK):
                    piece = chunk[start : start + CHUNK]
                    line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = b""
            while part := line.recv(4096):
                answer += part
                if b"\0" in part or len(answer) > 4096:
                    break
    except OSError as problem:
        log.error("the virus scanner does not answer", exc_info=problem)
        return Verdict.UNKNOWN, ""
    told = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if told == "OK":
        return Verdict.CLEAN, ""
    if told.endswith(" FOUND"):
        return Verdict.INFECTED, told.removesuffix(" FOUND")
    return Verdict.UNKNOWN, ""  # too large for it, out of memory, another protocol …


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE_SECONDS)
        line.connect(address)
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def quarantine(chunks: Iterable[bytes], *, found: str, request_id: str) -> Path:
    """This function will put an infected file where only the operator reads it, under a name of our own."""
    folder = Path(settings.QUARANTINE)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / f"{uuid4().hex}.infected"
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    told = json.dumps({"found": found, "request_id": request_id})
    try:
        with os.fdopen(handle, "wb") as target:
            for chunk in chunks:
                target.write(chunk)
        place.with_suffix(".json").write_text(told, encoding="utf-8")
    except OSError:
        place.unlink(missing_ok=True)
        raise
    return place


class ScanUploads:
    """Shows every file of every request to the scanner, so that no form can forget it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """This method will refuse a request with an infected file, or with one that could not be scanned."""
        address = settings.VIRUS_SCANNER
        if address in ("", "none") or request.content_type != "multipart/form-data":
            return None
        for _, files in request.FILES.lists():
            for file in cast(list[Any], files):
                verdict, found = scan(file.chunks(), address=address)
                file.seek(0)
                if verdict is Verdict.INFECTED:
                    request_id = getattr(request, "request_id", "")
                    try:
                        quarantine(file.chunks(), found=found, request_id=request_id)
                    except OSError as problem:  # no space: it is refused all the same, only not kept
                        log.error("an infected file was refused and could not be put aside", exc_info=problem)
                    else:
                        log.error("an infected file was put aside: %s", found)
                    return tell(request, INFECTED)
                if verdict is Verdict.UNKNOWN:
                    response = tell(request, NOT_SCANNED)
                    response.headers["Retry-After"] = "300"
                    return response
        return None


@register(Tags.security, deploy=True)
def somebody_scans(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """This function will warn of an installation that is served and takes files unseen."""
    if settings.VIRUS_SCANNER:
        return []
    hint = "Name clamd: MINSHENG_VIRUS_SCANNER=/run/clamav/clamd.ctl or host:port; `none` where a gateway scans."
    return [Warning("No virus scanner is named, so files are taken unseen.", hint=hint, id="files.W001")]

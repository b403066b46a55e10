"""The site as it is served, in a process of its own, and somebody who asks it: for experiments that break what it
stands on.
"""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client

from minsheng.foundation.accounts.models import Account
from minsheng.foundation.accounts.types import Viewer

SERVER = """
import sys
from minsheng.config.serving import serve
from minsheng.config.wsgi import application
serve(host="127.0.0.1", port=int(sys.argv[1]), application=application)
"""
WORKER = [sys.executable, "-m", "minsheng.config", "worker"]


def environment(*, database_url: str, **more: str) -> dict[str, str]:
    """This function will be what a process of this installation is started with, the database at another address."""
    return (
        os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "installation",
            "DATABASE_URL": database_url,
            "MINSHENG_DEMO": "1",
            "MINSHENG_SECRET_KEY": settings.SECRET_KEY,
            "MINSHENG_KEY_FILE": str(settings.SEALING_KEY_FILE),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        | more
    )


@dataclass(frozen=True)
class Told:
    """An answer of the site, and how long it took."""

    status: int
    text: str
    headers: Any
    seconds: float


class Site:
    """The web server in a process of its own; `log` is where its log goes."""

    def __init__(self, *, database_url: str, log: Path | None = None, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        out = log.open("a") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.port)],
            env=environment(database_url=database_url, **more),
            stdout=subprocess.DEVNULL,
            stderr=out,
        )

    def wait(self) -> None:
        """This method will return once the site answers."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, "the site did not start"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5).read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the site does not answer")

    def ask(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        session: str = "",
        key: str = "",
        body: bytes | None = None,
        content_type: str = "",
    ) -> Told:
        """This method will ask as a browser does; an act brings its key and the token of its form."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        token = "a" * 32
        request.add_header("Cookie", f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}")
        if fields is not None or body is not None:
            request.data = body if body is not None else urllib.parse.urlencode(fields or {}).encode()
            request.add_header("X-CSRFToken", token)
            request.add_header("Idempotency-Key", key)
            if content_type:
                request.add_header("Content-Type", content_type)
        began = time.monotonic()
        try:
            with _LEAD_NOWHERE.open(request, timeout=90) as answer:
                return Told(answer.status, answer.read().decode(), answer.headers, time.monotonic() - began)
        except urllib.error.HTTPError as answer:
            return Told(answer.code, answer.read().decode(), answer.headers, time.monotonic() - began)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_LEAD_NOWHERE = urllib.request.build_opener(_NoRedirect)


class Meanwhile(threading.Thread):
    """Asks beside the test; `told` is there after `join`."""

    def __init__(self, site: Site, path: str, fields: dict[str, str] | None = None, **more: str) -> None:
        super().__init__(daemon=True)
        self._ask = lambda: site.ask(path, fields, **more)  # type: ignore[arg-type]
        self.told: Told | None = None
        self.start()

    def run(self) -> None:
        self.told = self._ask()

    def answer(self) -> Told:
        self.join(timeout=100)
        assert self.told is not None, "nobody answered"
        return self.told


class Supervised:
    """A process that is started again whenever it ends, as the operator's service manager does."""

    def __init__(self, command: list[str], *, env: dict[str, str] | None = None) -> None:
        self.command, self.starts, self._over, self._env = command, 0, False, env
        self.ended: list[int] = []  # how it ended by itself
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over:
            self.starts += 1
            self._process = subprocess.Popen(
                self.command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=self._env
            )
            code = self._process.wait()
            if not self._over:
                self.ended.append(code)
            time.sleep(0.3)

    def stop(self) -> None:
        self._over = True
        self._process.terminate()
        self._process.wait(timeout=40)


def session_of(viewer: Viewer) -> str:
    """This function will sign somebody in and return the cookie that the site then knows."""
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def until(holds: Any, *, seconds: float = 60) -> float:
    """This function will wait until something holds and return how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        if holds():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds:.0f} s in vain")

"""What must not be served does not start; what is served is stopped without cutting anybody off.

Control: a process that is killed instead of told loses the answer.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SERVER = """
import sys, time
from minsheng.config.serving import serve
def application(environ, start):
    told = "|".join([environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_HOST", "-")])
    if environ["PATH_INFO"] == "/slow":
        print("began", flush=True)
        time.sleep(1.5)
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told.encode()]
serve(host="127.0.0.1", port=int(sys.argv[1]), application=application, on_stop=lambda: print("going", flush=True))
print("gone", flush=True)
"""


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """This fixture will serve a slow application in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port)], stdout=subprocess.PIPE, text=True, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/", timeout=5).read()
            break
        except OSError:
            time.sleep(0.1)
    yield process, address
    process.kill()
    process.wait()


def ask_slowly(address: str, answers: list[Any]) -> threading.Thread:
    def ask() -> None:
        try:
            answers.append(urllib.request.urlopen(f"{address}/slow", timeout=20).read())
        except OSError as problem:
            answers.append(problem)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


@pytest.mark.slow
def test_who_is_being_answered_when_it_stops_gets_the_answer(served: tuple[subprocess.Popen[str], str]) -> None:
    process, address = served
    answers: list[Any] = []
    thread = ask_slowly(address, answers)
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "going\n"
    time.sleep(0.3)
    with pytest.raises(OSError):
        urllib.request.urlopen(f"{address}/", timeout=2)
    thread.join()
    assert answers == [b"127.0.0.1|http|-"]
    assert process.wait(timeout=10) == 0


@pytest.mark.slow
def test_control_who_is_cut_off_gets_none(served: tuple[subprocess.Popen[str], str]) -> None:
    process, address = served
    answers: list[Any] = []
    thread = ask_slowly(address, answers)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    thread.join()
    assert isinstance(answers[0], OSError)


@pytest.mark.slow
def test_only_the_proxy_is_believed_and_only_what_it_may_say(served: tuple[subprocess.Popen[str], str]) -> None:
    def ask(**headers: str) -> str:
        wanted = urllib.request.Request(served[1], headers={name.replace("_", "-"): v for name, v in headers.items()})
        return str(urllib.request.urlopen(wanted, timeout=5).read().decode())

    assert ask(X_Forwarded_For="198.51.100.7", X_Forwarded_Proto="https") == "198.51.100.7|https|-"
    # nginx appends the address that it sees: what the client wrote before it does not count.
    assert ask(X_Forwarded_For="127.0.0.1, 198.51.100.7").startswith("198.51.100.7|")
    assert ask(X_Forwarded_Host="evil.example") == "127.0.0.1|http|-"


@pytest.mark.slow
@pytest.mark.parametrize(
    "lengths",
    ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: +5",
     "Transfer-Encoding: xchunked", "Content-Length : 5"],
)  # fmt: skip
def test_a_message_with_two_lengths_is_refused(served: tuple[subprocess.Popen[str], str], lengths: str) -> None:
    """Where a message ends must not be a matter of opinion: a second one could hide in the first (smuggling)."""
    host, port = served[1].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        hidden = "0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
        line.sendall(f"POST / HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n{hidden}".encode())
        answers = b""
        while part := line.recv(4096):
            answers += part
            if b"\r\n\r\n" in answers:
                break
    assert re.match(rb"HTTP/1\.[01] (400|501) ", answers), answers[:100]


def start(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MINSHENG_", "DJANGO_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "minsheng.config", "serve", "--check", *arguments],
        env=clean | {"PYTHONPATH": os.pathsep.join(sys.path), "MINSHENG_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
    )


def test_an_unsafe_installation_does_not_start(tmp_path: Path) -> None:
    bare = start(tmp_path)
    assert bare.returncode == 1
    assert "security.W009" in bare.stdout, "no key"
    key = "k3y-" + "abcdefghij" * 6
    demo = start(tmp_path, MINSHENG_DEMO="1", MINSHENG_SECRET_KEY=key)
    assert demo.returncode == 1
    assert "MINSHENG_DEMO" in demo.stdout
    # With safe settings the database is asked next, which is not there.
    real = {"MINSHENG_SECRET_KEY": key, "DATABASE_URL": "postgresql://minsheng_app@127.0.0.1:1/none"}
    unscanned = start(tmp_path, **real)
    assert unscanned.returncode == 1
    assert "files.W001" in unscanned.stdout
    assert "backups.W001" in unscanned.stdout
    rest = {"MINSHENG_VIRUS_SCANNER": "none", "MINSHENG_BACKUPS": "none", "MINSHENG_SECRET_KEY": key}
    far = start(tmp_path, **rest, DATABASE_URL="postgresql://minsheng_app@db.example/none?sslmode=require")
    assert far.returncode == 1
    assert "verify-full" in far.stdout, "a database elsewhere whose name nobody proves"
    safe = start(tmp_path, MINSHENG_VIRUS_SCANNER="none", MINSHENG_BACKUPS="none", **real)
    assert safe.returncode == 1
    assert "security." not in safe.stdout
    assert "数据库或密钥用不了" in safe.stdout

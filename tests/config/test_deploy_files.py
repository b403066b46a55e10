"""The operator's files: nginx itself is started with ours where it is installed; units and image are read.

The text tests hold everywhere. The live ones are skipped, loudly, where nginx or openssl is missing.
"""

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from minsheng.config.serving import PATIENCE_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
CONFIGURATION = (DEPLOY / "nginx" / "minsheng.conf").read_text(encoding="utf-8")
live = pytest.mark.skipif(NGINX is None or shutil.which("openssl") is None, reason="NGINX TESTS SKIPPED: not installed")


def test_what_nginx_is_told() -> None:
    assert re.search(r"ssl_protocols TLSv1\.2 TLSv1\.3;", CONFIGURATION)
    ciphers = re.search(r"ssl_ciphers ([^;]+);", CONFIGURATION)
    assert ciphers is not None
    assert all(re.match(r"ECDHE-\w+-(AES\d+-GCM|CHACHA20)", cipher) for cipher in ciphers[1].split(":"))
    assert "server_tokens off" in CONFIGURATION
    proxy = (DEPLOY / "nginx" / "minsheng-proxy.conf").read_text(encoding="utf-8")
    assert "X-Forwarded-For $remote_addr;" in proxy, "what the client wrote is not appended to, it is replaced"
    written = re.search(r"log_format minsheng.*?;", CONFIGURATION, re.DOTALL)
    assert written is not None
    assert not re.search(r"\$(request_uri|uri|args|request\b|http_referer|remote_user)", written[0])


@pytest.mark.parametrize("name", ["minsheng-web", "minsheng-worker"])
def test_the_units_give_no_more_than_is_needed_and_wait_long_enough(name: str) -> None:
    text = (DEPLOY / "systemd" / f"{name}.service").read_text(encoding="utf-8")
    for wanted in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet=\n",
                   "UMask=0077", "User=minsheng", "PrivateDevices=yes"):  # fmt: skip
        assert wanted in text, wanted
    stop = re.search(r"TimeoutStopSec=(\d+)", text)
    assert stop is not None
    assert int(stop[1]) > PATIENCE_SECONDS
    assert "MINSHENG_SECRET" not in text, "secrets come from a file of their own"


def test_the_image_is_made_from_the_lock_runs_as_nobody_special_and_holds_no_secret() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r locks/runtime.txt" in text
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "locks/dev.txt" not in text
    assert not re.search(r"COPY .*(tests|\.git|\.demo|\. \.)", text)
    assert "MINSHENG_DEMO" not in text


class Platform(BaseHTTPRequestHandler):
    """Stands for the platform: tells what it was told."""

    def do_GET(self) -> None:
        told = "|".join(self.headers.get(name, "-") for name in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP"))
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told.encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int, ThreadingHTTPServer]]:
    """This fixture will run nginx with our files, a certificate of its own, and a stand-in behind it."""
    home = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=minsheng.example",
         "-keyout", str(home / "privkey.pem"), "-out", str(home / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    plain, secure, behind = free_port(), free_port(), ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    threading.Thread(target=behind.serve_forever, args=(0.01,), daemon=True).start()
    ours = CONFIGURATION
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("127.0.0.1:8330", f"127.0.0.1:{behind.server_port}"),
        ("/etc/minsheng/tls/", f"{home}/"),
        ("/etc/nginx/", f"{DEPLOY}/nginx/"),
        ("/var/log/nginx/", f"{home}/"),
    ):
        assert old in ours, old
        ours = ours.replace(old, new)
    folders = "".join(
        f"{name}_temp_path {home}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = home / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {home}/pid; error_log {home}/start.log; events {{}} http {{ {folders}\n{ours}\n}}"
    )
    command = [str(NGINX), "-p", str(home), "-e", str(home / "early.log"), "-c", str(whole)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(command)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", secure), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield plain, secure, behind
    process.terminate()
    process.wait()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def ask(port: int, path: str = "/", *, method: str = "GET", data: bytes | None = None, **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": "minsheng.example"}
    request = urllib.request.Request(f"https://127.0.0.1:{port}{path}", method=method, data=data, headers=sent)
    try:
        return urllib.request.urlopen(request, context=trusting(), timeout=10)
    except urllib.error.HTTPError as refusal:
        return refusal


@live
@pytest.mark.slow
def test_nginx_with_our_files(served: tuple[int, int, ThreadingHTTPServer]) -> None:
    plain, port, behind = served
    answer = ask(port, X_Forwarded_For="127.0.0.1", X_Forwarded_Proto="http", X_Real_IP="10.0.0.1")
    assert answer.read().decode() == "127.0.0.1|https|-", "only what nginx itself saw"
    assert answer.headers["Server"] == "nginx", "no version"
    for path in ("/livez", "/readyz", "/metrics", "/.git/config", "/.env"):
        assert ask(port, path).status == 404, path
    assert ask(port, method="TRACE").status == 405
    assert ask(port, method="POST", data=b"x" * (26 * 2**20)).status == 413
    assert ask(port, method="POST", data=b"x" * 1_000).status == 200, "control"
    with trusting().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5)) as line:
        # Two opinions about where the message ends: the platform itself would follow the second, as RFC 9112 says.
        line.sendall(
            b"POST / HTTP/1.1\r\nHost: minsheng.example\r\n"
            b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    with ThreadPoolExecutor(16) as pool:  # faster than doors open again, also where the machine is slow
        doors = set(pool.map(lambda _: ask(port, "/sign-in/").status, range(300)))
    assert doors == {200, 429}
    opener = urllib.request.build_opener(Stay)
    for path, status in (("/findings/", 301), ("/api/v1/rules/schemes", 403)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(f"http://127.0.0.1:{plain}{path}", timeout=5)
        assert refused.value.code == status, path
    behind.shutdown()
    behind.server_close()
    away = ask(port)
    assert (away.status, away.headers["Retry-After"]) == (503, "60")
    assert "没有只办一半" in away.read().decode()


@live
@pytest.mark.slow
@pytest.mark.parametrize(("version", "accepted"), [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_only_tls_from_1_2_on(served: tuple[int, int, ThreadingHTTPServer], version: str, accepted: bool) -> None:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{served[1]}", version, "-cipher", "ALL:@SECLEVEL=0"],
        input=b"", capture_output=True, timeout=20,
    )  # fmt: skip
    assert (b"Cipher is (NONE)" not in done.stdout and done.returncode == 0) is accepted

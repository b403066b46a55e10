"""The door of 浙里办 against a server of the test: who is let in; nothing unsigned, stale or replayed is believed."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from minsheng.foundation.access.context import acting_as
from minsheng.portal.identity import UnableToProveIdentity
from minsheng.portal.scope import system_viewer
from minsheng.portal.zheliban import UnableToConfigure, ZheLiBan, from_settings, sign
from minsheng.records.registry.queries.person import person_card
from portal.conftest import Door

SECRET = b"0123456789abcdef0123456789abcdef"


@dataclass
class Stub:
    """What the provider knows: codes that open one user once, and who the users are. `spoil` changes an answer."""

    codes: dict[str, str] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda said: said
    unsigned: int = 0
    address: str = ""

    def answer(self, what: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """This method will answer as a provider does that checks signatures itself."""
        if sign(SECRET, {k: v for k, v in asked.items() if k != "signature"}) != asked.get("signature"):
            self.unsigned += 1
            return 401, {}
        body: dict[str, Any] = {"nonce": asked["nonce"], "time": int(time.time())}
        if what == "token":
            user = self.codes.pop(asked["code"], None)  # a code opens once
            body |= {"user_id": user} if user is not None else {"error": "expired"}
        else:
            body |= {"user_id": asked["user_id"], **self.people[asked["user_id"]]}
        return 200, self.spoil({**body, "signature": sign(SECRET, body)})


@pytest.fixture
def stub() -> Iterator[Stub]:
    """This fixture will serve the provider on a free port of this machine."""
    held = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(text).items()}
            status, said = held.answer(self.path.rsplit("/", 1)[-1], asked)
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *given: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    held.address = f"http://127.0.0.1:{server.server_port}"
    yield held
    server.shutdown()
    server.server_close()


def adapter(stub: Stub, **changed: Any) -> ZheLiBan:
    """This function will build the adapter that asks the stub."""
    given = {"authorise_url": "https://example.test/authorise", "base_url": stub.address, "client_id": "minsheng"}
    return ZheLiBan(**{**given, "secret": SECRET, **changed})


KNOWN = {"id_number": "330102196801012345", "name": "林阿珍", "real_name_checked": True}


def ready(stub: Stub, **changed: Any) -> Stub:
    """This function will let one code open one user."""
    stub.codes["code-1"] = "user-1"
    stub.people["user-1"] = {**KNOWN, **changed}
    return stub


def test_a_code_becomes_a_user_and_the_user_a_person(stub: Stub) -> None:
    proven = adapter(ready(stub)).prove(ticket="code-1")
    assert (proven.id_number, proven.name) == (KNOWN["id_number"], KNOWN["name"])
    assert stub.unsigned == 0


def test_a_code_opens_once_and_an_old_one_never(stub: Stub) -> None:
    asked = adapter(ready(stub))
    asked.prove(ticket="code-1")
    for ticket in ("code-1", "never-given", ""):
        with pytest.raises(UnableToProveIdentity, match="过期或者用过"):
            asked.prove(ticket=ticket)


def test_who_was_not_checked_by_name_is_nobody(stub: Stub) -> None:
    with pytest.raises(UnableToProveIdentity, match="实名认证"):
        adapter(ready(stub, real_name_checked=False)).prove(ticket="code-1")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: {k: v for k, v in said.items() if k != "signature"},
        lambda said: {**said, "signature": "0" * 64},
        lambda said: {**said, "user_id": "user-2"},
        lambda said: {**(body := {**said, "nonce": "another"}), "signature": _resigned(body)},
        lambda said: {**(body := {**said, "time": said["time"] - 400}), "signature": _resigned(body)},
        lambda said: {"error": "expired"},  # a refusal that nobody signed
    ],
    ids=["unsigned", "forged", "changed", "another's nonce", "stale", "unsigned refusal"],
)
def test_nothing_is_believed_without_a_fresh_signature_over_all_of_it(stub: Stub, spoil: Any) -> None:
    ready(stub).spoil = spoil
    with pytest.raises(UnableToProveIdentity, match="没有通过验签"):
        adapter(stub).prove(ticket="code-1")


def _resigned(body: dict[str, Any]) -> str:
    return sign(SECRET, {k: v for k, v in body.items() if k != "signature"})


def test_another_secret_is_refused_by_the_provider_and_a_silent_one_is_said_in_words(stub: Stub) -> None:
    with pytest.raises(UnableToProveIdentity, match="现在连不上"):
        adapter(ready(stub), secret=b"x" * 32).prove(ticket="code-1")
    assert stub.unsigned == 1
    with pytest.raises(UnableToProveIdentity, match="现在连不上"):
        adapter(stub, base_url="http://127.0.0.1:1").prove(ticket="code-1")


def test_the_settings_are_whole_and_secure_or_there_is_no_adapter(stub: Stub, settings: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    whole = {
        "authorise_url": "https://example.test/a",
        "base_url": stub.address,
        "client_id": "minsheng",
        "secret_file": str(secret),
    }
    settings.ZHELIBAN = whole
    assert from_settings().client_id == "minsheng"
    assert "0123" not in repr(from_settings())
    settings.DEMO = False
    with pytest.raises(UnableToConfigure, match="https"):
        from_settings()
    settings.ZHELIBAN = {**whole, "client_id": ""}
    with pytest.raises(UnableToConfigure, match="client_id"):
        from_settings()


@pytest.mark.xdist_group("district")
def test_through_the_browser_and_never_twice(
    door: Door, family: list[int], stub: Stub, settings: Any, tmp_path: Path
) -> None:
    at = door.office.at
    assert "浙里办" not in Client().get("/my/sign-in/").content.decode(), "off by default"
    assert Client().post("/my/door/").status_code == 404
    with acting_as(viewer=system_viewer(at), at=at) as system:
        card = person_card(viewer=system, person_id=family[0], on=at.date(), known_at=at, purpose="")
    (tmp_path / "secret").write_bytes(SECRET)
    settings.IDENTITY_PROVIDER = "minsheng.portal.zheliban.from_settings"
    settings.ZHELIBAN = {
        "authorise_url": "https://example.test/authorise",
        "base_url": stub.address,
        "client_id": "minsheng",
        "secret_file": str(tmp_path / "secret"),
    }
    ready(stub, id_number=card.id_number, name=card.name)
    client = Client()
    assert "用浙里办登录" in client.get("/my/sign-in/").content.decode()
    sent = urlsplit(client.post("/my/door/", {"next": "/my/progress/"})["Location"])
    assert sent.netloc == "example.test"
    state = parse_qs(sent.query)["state"][0]
    # Another browser cannot bring the word back: the code stays unused.
    assert Client().get("/my/door/back/", {"code": "code-1", "state": state}).status_code == 422
    assert stub.codes, "nobody asked the provider"
    answer = client.get("/my/door/back/", {"code": "code-1", "state": state})
    assert (answer.status_code, answer["Location"]) == (302, "/my/progress/")
    assert card.name in client.get("/my/").content.decode()
    again = client.get("/my/door/back/", {"code": "code-1", "state": state})
    assert again.status_code == 422
    assert "过期或者用过" in again.content.decode()
    # A person whom the registry does not hold under this name.
    stub.codes["code-2"] = "user-2"
    stub.people["user-2"] = {**KNOWN, "id_number": card.id_number, "name": "别人"}
    stranger = Client()
    state = parse_qs(urlsplit(stranger.post("/my/door/")["Location"]).query)["state"][0]
    refused = stranger.get("/my/door/back/", {"code": "code-2", "state": state})
    assert refused.status_code == 422
    assert "没有找到您" in refused.content.decode()
    assert stranger.get("/my/").status_code == 302

"""Stub servers of the other sign-in services, on loopback: they answer as told and remember what they were asked."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "minsheng-test", "not-a-secret"
KEY = RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)


class Issuer:
    """An OpenID provider. `claims` overrides what it says; `sign` what it signs with."""

    def __init__(self) -> None:
        self.address = ""
        self.nonce, self.challenge = "", ""
        self.subject = "staff-7"
        self.claims: dict[str, Any] = {}
        self.sign = "RS256"
        self.key: Any = KEY
        self.asked: list[str] = []
        self.down = False
        self.called_itself = ""

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser does there: remembers nonce and challenge, comes back with a code and the state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce, self.challenge = asked["nonce"], asked["code_challenge"]
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        return {"code": "c0de", "state": asked["state"]}

    def answer(self, method: str, path: str, fields: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {path}")
        if self.down:
            return 503, {}
        if path.endswith("openid-configuration"):
            found = {
                "issuer": self.called_itself or self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }
            return 200, found
        if path == "/keys":
            return 200, {"keys": [KEY.as_dict(private=False)]}
        return self._token(fields, headers)

    def _token(self, fields: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        proves = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge
        if headers.get("Authorization") != f"Basic {basic}" or fields.get("code") != "c0de" or not proves:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300}
        claims |= {"nonce": self.nonce} | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.sign == "none":
            parts = ({"alg": "none", "kid": "one"}, claims)
            coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
            return 200, {"id_token": ".".join([*coded, ""])}
        if self.sign == "HS256":  # signed with the public key as if it were a secret
            key = OctKey.import_key(KEY.as_pem(private=False))
            return 200, {"id_token": jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"])}
        return 200, {"id_token": jwt.encode({"alg": self.sign, "kid": "one"}, claims, self.key)}


class Platform:
    """浙政钉 as its public descriptions have it: an application token, then who a code stands for."""

    def __init__(self) -> None:
        self.address = ""
        self.who: dict[str, Any] = {"employeeCode": "GE_7", "lastName": "周敏"}
        self.refuses = False
        self.asked: list[str] = []

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser does there."""
        asked = parse_qs(urlsplit(address).query)
        assert asked["scope"] == ["get_user_info"]
        return {"code": "d1ng", "state": asked["state"][0]}

    def answer(self, method: str, path: str, fields: dict[str, str], headers: Any) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {path}")
        told = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        text = "\n".join([method, headers["X-Hmac-Auth-Timestamp"], headers["X-Hmac-Auth-Nonce"], path, told])
        wanted = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
        if headers["X-Hmac-Auth-Signature"] != wanted or headers["apiKey"] != CLIENT:
            return 401, {}
        if self.refuses:
            return 200, {"success": False, "content": None}
        if path == "/gettoken.json":
            return 200, {"success": True, "content": {"data": {"accessToken": "t0ken", "expiresIn": 7200}}}
        known = fields == {"access_token": "t0ken", "code": "d1ng"}
        return 200, {"success": known, "content": {"data": self.who if known else {}}}


@contextmanager
def served(stub: Any) -> Iterator[Any]:
    """This function will serve a stub on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            where = urlsplit(self.path)
            raw = self.rfile.read(length).decode() if length else where.query
            fields = {name: values[0] for name, values in parse_qs(raw).items()}
            status, body = stub.answer(self.command, where.path, fields, self.headers)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _do

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield stub
    server.shutdown()
    server.server_close()
    thread.join()

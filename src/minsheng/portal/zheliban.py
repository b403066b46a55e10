"""The door of 浙里办: an authorisation code becomes a user id, the user id a person with a number and a name.

Off unless the installation names it (`IDENTITY_PROVIDER`, `ZHELIBAN`). The shape of the messages is this project's
own reading of an authorisation-code flow: the published interface needs a contract, and its field names are to be
mapped here, in `_ask`, and nowhere else. Nothing is believed, a refusal neither, without a signature over the whole
answer, the echo of our own nonce, and a time not older than `FRESH`. The way out is that of the staff's services.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from minsheng.foundation.entrance.services.outbound import UnableToAskService, ask
from minsheng.portal.identity import ProvenIdentity, UnableToProveIdentity

FRESH = 300  # seconds
DOWN = "浙里办现在连不上。请过几分钟再试，或者用窗口打印的 12 位数字登录。"
STALE = "这次登录已经过期或者用过了。请回到浙里办重新点一次，或者用窗口打印的 12 位数字登录。"
UNTRUSTED = "浙里办的答复没有通过验签，没有登录。请用窗口打印的 12 位数字登录，并打 12345 告诉我们。"


class UnableToConfigure(RuntimeError):
    """The adapter is named and its settings are not whole: says which."""


@dataclass(frozen=True)
class ZheLiBan:
    """The adapter with its settings; `now` is seconds since 1970, given so that a test can let time pass."""

    authorise_url: str
    base_url: str
    client_id: str
    secret: bytes
    now: Callable[[], float] = time.time

    def __repr__(self) -> str:
        return f"ZheLiBan({self.base_url}, {self.client_id})"  # the secret stands in no log

    def leads_to(self, *, state: str, back: str) -> str:
        """This method will return the address to which the browser is sent; `state` comes back with it."""
        asked = {"client_id": self.client_id, "response_type": "code", "state": state, "redirect_uri": back}
        return f"{self.authorise_url}?{urlencode(asked)}"

    def prove(self, *, ticket: str) -> ProvenIdentity:
        """This method will exchange the code for a user id and the user id for a person; raises what to say."""
        if not ticket or len(ticket) > 200:
            raise UnableToProveIdentity(STALE)
        user = str(self._ask("token", {"code": ticket}).get("user_id", ""))
        if not user:
            raise UnableToProveIdentity(STALE)
        person = self._ask("person", {"user_id": user})
        number, name = str(person.get("id_number", "")), str(person.get("name", ""))
        if person.get("user_id") != user or person.get("real_name_checked") is not True or not number or not name:
            raise UnableToProveIdentity("浙里办上还没有实名认证。请先在浙里办实名，或者用窗口打印的 12 位数字登录。")
        return ProvenIdentity(number, name)

    def _ask(self, what: str, values: Mapping[str, str]) -> Mapping[str, Any]:
        nonce = secrets.token_urlsafe(16)
        body = {**values, "client_id": self.client_id, "nonce": nonce, "time": str(int(self.now()))}
        address = f"{self.base_url.rstrip('/')}/{what}"
        hosts = frozenset({urlsplit(self.base_url).hostname or ""})
        try:
            said = ask("POST", address, hosts=hosts, fields={**body, "signature": sign(self.secret, body)})
        except UnableToAskService as silent:
            raise UnableToProveIdentity(DOWN) from silent
        signature, when = str(said.pop("signature", "")), said.get("time")
        fresh = isinstance(when, int) and abs(self.now() - when) <= FRESH
        if not hmac.compare_digest(signature, sign(self.secret, said)) or said.get("nonce") != nonce or not fresh:
            raise UnableToProveIdentity(UNTRUSTED)
        if said.get("error"):
            raise UnableToProveIdentity(STALE)
        return said


def sign(secret: bytes, body: Mapping[str, Any]) -> str:
    """This function will sign a message: HMAC-SHA256 (hex) over its canonical JSON."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def from_settings() -> ZheLiBan:
    """This function will build the adapter of this installation; outside of the demo only over https."""
    given: Mapping[str, str] = getattr(settings, "ZHELIBAN", {})
    missing = [name for name in ("authorise_url", "base_url", "client_id", "secret_file") if not given.get(name)]
    if missing:
        raise UnableToConfigure(f"浙里办的设置不全，缺少：{'、'.join(missing)}（见 docs/operations.md）。")
    for name in ("authorise_url", "base_url"):
        if urlsplit(given[name]).scheme != "https" and not settings.DEMO:
            raise UnableToConfigure(f"浙里办的 {name} 必须是 https 地址。")
    secret = Path(given["secret_file"]).read_bytes().strip()
    if len(secret) < 32:
        raise UnableToConfigure("浙里办的密钥至少 32 个字节。")
    return ZheLiBan(given["authorise_url"], given["base_url"], given["client_id"], secret)

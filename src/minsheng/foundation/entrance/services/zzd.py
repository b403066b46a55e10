"""浙政钉 (专有钉钉): an authorisation code, then the application's own token, then who the code stands for.

Built from public descriptions of the platform and tried against a stub server only; the signature of requests is the
one its SDK makes. What counts is the person's `employeeCode`: the account that carries it must exist.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from minsheng.foundation.entrance.services.oidc import Pending, UnableToBelieve, check_state
from minsheng.foundation.entrance.services.outbound import ask

TOKEN = "/gettoken.json"
WHO = "/rpc/oauth2/getuserinfo_bycode.json"


@dataclass(frozen=True)
class App:
    """This installation, as the platform knows it."""

    login: str  # https://login-pro.ding.zj.gov.cn
    platform: str  # https://openplatform-pro.ding.zj.gov.cn
    key: str
    secret: str

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({urlsplit(self.platform).hostname or ""})


def begin(app: App, /, *, back: str, following: str, now: float) -> tuple[str, Pending]:
    """This function will return where to send the browser, and what to remember of it."""
    pending = Pending(secrets.token_urlsafe(32), "", "", following, now)
    asked = {
        "response_type": "code",
        "client_id": app.key,
        "redirect_uri": back,
        "scope": "get_user_info",
        "authType": "QRCODE",
        "state": pending.state,
    }
    return f"{app.login.rstrip('/')}/oauth2/auth.htm?{urlencode(asked)}", pending


def finish(app: App, pending: Pending, /, *, answer: dict[str, str], now: float) -> str:
    """This function will return the staff id that the platform vouches for, or raise UnableToBelieve."""
    check_state(pending, answer=answer, now=now)
    token = _data(app, "GET", TOKEN, {"appkey": app.key, "appsecret": app.secret}, now=now).get("accessToken", "")
    if not token:
        raise UnableToBelieve("the platform gave no token")
    who = _data(app, "POST", WHO, {"access_token": str(token), "code": answer["code"]}, now=now)
    code = str(who.get("employeeCode", ""))
    if not code:
        raise UnableToBelieve("the platform names nobody")
    return code


def _data(app: App, method: str, path: str, fields: dict[str, str], *, now: float) -> dict[str, object]:
    told = ask(
        method,
        f"{app.platform.rstrip('/')}{path}",
        hosts=app.hosts,
        fields=fields,
        headers=signature(app, method=method, path=path, fields=fields, now=now),
    )
    content = told.get("content")
    if told.get("success") is not True or not isinstance(content, dict) or not isinstance(content.get("data"), dict):
        raise UnableToBelieve("the platform refused")
    data: dict[str, object] = content["data"]
    return data


def signature(app: App, /, *, method: str, path: str, fields: dict[str, str], now: float) -> dict[str, str]:
    """This function will sign a request as the platform's SDK does, over method, time, nonce, path and fields."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000+08:00", time.gmtime(now + 8 * 3600))
    nonce = secrets.token_hex(8)
    told = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    text = "\n".join(part for part in (method, moment, nonce, path, told) if part)
    signed = base64.b64encode(hmac.new(app.secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return {
        "X-Hmac-Auth-Timestamp": moment,
        "X-Hmac-Auth-Version": "1.0",
        "X-Hmac-Auth-Nonce": nonce,
        "apiKey": app.key,
        "X-Hmac-Auth-Signature": signed,
    }

"""OpenID Connect: code flow with PKCE and nonce. What comes back is believed only when all of it fits.

The id token must be signed by a key of the issuer with an algorithm of the list, for this client, in its time, and
carry the nonce of this browser's session.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from minsheng.foundation.entrance.services.outbound import UnableToAskService, ask

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # no shared secrets, and never "none"
LEEWAY_SECONDS = 60
PENDING_SECONDS = 600


class UnableToBelieve(RuntimeError):
    """What the other service said does not fit: it is not believed, and the reason is for the log only."""


@dataclass(frozen=True)
class Client:
    """This installation, as the issuer knows it."""

    issuer: str
    client_id: str
    client_secret: str

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset({urlsplit(self.issuer).hostname or ""})


@dataclass(frozen=True)
class Pending:
    """What a browser was sent away with; kept in its session until it comes back, once."""

    state: str
    nonce: str
    verifier: str
    next: str
    began_at: float

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def begin(client: Client, /, *, back: str, following: str, now: float) -> tuple[str, Pending]:
    """This function will return where to send the browser, and what to remember of it."""
    found = _discover(client)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    pending = Pending(state, nonce, verifier, following, now)
    digest = hashlib.sha256(pending.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{found['authorization_endpoint']}?{urlencode(asked)}", pending


def finish(client: Client, pending: Pending, /, *, answer: dict[str, str], back: str, now: float) -> str:
    """This function will return the subject that the issuer vouches for, or raise UnableToBelieve."""
    check_state(pending, answer=answer, now=now)
    if answer.get("iss", client.issuer) != client.issuer:
        raise UnableToBelieve("the answer comes from another issuer")
    found = _discover(client)
    fields = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": back,
        "code_verifier": pending.verifier,
    }
    told = ask(
        "POST",
        found["token_endpoint"],
        hosts=client.hosts,
        fields=fields,
        basic=(client.client_id, client.client_secret),
    )
    keys = ask("GET", found["jwks_uri"], hosts=client.hosts)
    return _subject(client, pending, token=str(told.get("id_token", "")), keys=keys, now=now)


def check_state(pending: Pending, /, *, answer: dict[str, str], now: float) -> None:
    """This function will refuse an answer that was not asked for by this browser, or comes late, or is an error."""
    if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
        raise UnableToBelieve("the state is not this browser's")
    if now - pending.began_at > PENDING_SECONDS:
        raise UnableToBelieve("the answer came too late")
    if "code" not in answer:
        raise UnableToBelieve(f"no code: {answer.get('error', '')[:60]}")


def _subject(client: Client, pending: Pending, *, token: str, keys: dict[str, Any], now: float) -> str:
    rules = jwt.JWTClaimsRegistry(
        now=lambda: int(now),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": pending.nonce},
    )
    try:
        decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        rules.validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise UnableToBelieve(f"the token does not hold: {type(error).__name__}: {error}") from error
    audience = decoded.claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and decoded.claims.get("azp") != client.client_id:
        raise UnableToBelieve("the token is for several, and not for this client")
    return str(decoded.claims["sub"])


def _discover(client: Client) -> dict[str, str]:
    found = ask("GET", f"{client.issuer.rstrip('/')}/.well-known/openid-configuration", hosts=client.hosts)
    if found.get("issuer") != client.issuer:
        raise UnableToAskService("the issuer calls itself otherwise")
    if "S256" not in found.get("code_challenge_methods_supported", ["S256"]):
        raise UnableToAskService("the issuer knows no PKCE")
    return found

"""Signatures of messages: compact JWS (RFC 7515) whose payload is {"header": …, "message": …} as JSON.

What was signed is in the signature itself, so no canonical form of JSON is needed: whoever checks acts upon the signed
text and refuses a body that says anything else.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from minsheng.insight.exchange.envelopes import UnableToReadMessage, read_json

# Asymmetric only: with a shared secret either side could have written what the other is said to have written.
ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "PS256", "RS256")
_KINDS: Mapping[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
_ALGORITHMS_OF = {"OKP": ("Ed25519", "EdDSA"), "EC": ("ES256",), "RSA": ("PS256", "RS256")}
_SMALLEST_RSA = 2048
_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))


class UnableToVerify(ValueError):
    """The signature does not prove that the partner wrote this message."""


class UnableToUseKey(ValueError):
    """The key is no public key of a kind that is accepted."""


class UnableToSign(RuntimeError):
    """This installation has no key of its own yet."""


def read_public_key(jwk: Mapping[str, Any]) -> Key:
    """This function will read a partner's public key: Ed25519, P-256, or RSA from 2048 bits; no private part."""
    kind = _KINDS.get(str(jwk.get("kty")))
    if kind is None or jwk.get("crv", "Ed25519") not in ("Ed25519", "P-256"):
        raise UnableToUseKey("只接受 Ed25519、P-256 或 RSA 的公钥（JWK）。")
    if "d" in jwk:
        raise UnableToUseKey("这里面有私钥。私钥不要交给任何人：请马上作废它，只把公钥发来。")
    try:
        key: Key = kind.import_key(dict(jwk))
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise UnableToUseKey("公钥读不出来。请提供完整的 JWK。") from error
    if isinstance(key, RSAKey) and key.raw_value.key_size < _SMALLEST_RSA:
        raise UnableToUseKey("RSA 公钥至少要 2048 位。")
    return key


def verified(
    *, signature: str, key_of: Callable[[str], Mapping[str, Any] | None], longest: int | None = None
) -> dict[str, Any]:
    """This function will return what was signed; `key_of` gives the public key of a key id, or None.

    `longest` allows for answers, which are longer than the messages that we take (about 128 kB).

    The algorithm must be one of the key's kind, whatever the signature's header says.
    """
    try:
        registry = _registry_for(longest)
        unchecked = jws.extract_compact(signature.encode("ascii"), registry=registry)
        head = unchecked.headers()
        jwk = key_of(str(head.get("kid", "")))
        if jwk is None or set(head) - {"alg", "kid", "typ"}:
            raise UnableToVerify("签名用的密钥没有登记，或者已经停用。")
        key = read_public_key(jwk)
        if head.get("alg") not in _ALGORITHMS_OF[key.key_type]:
            raise UnableToVerify("签名算法与登记的密钥不符。")
        return read_json(jws.deserialize_compact(signature, key, registry=registry).payload)
    except (JoseError, UnableToUseKey, UnableToReadMessage, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, UnableToVerify):
            raise
        raise UnableToVerify("签名不对。") from error


def _registry_for(longest: int | None) -> jws.JWSRegistry:
    if longest is None:
        return _registry
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS))
    registry.max_payload_length = registry.max_payload_length if longest < registry.max_payload_length else longest
    return registry


def signed(content: Mapping[str, Any]) -> dict[str, Any]:
    """This function will return a message of ours with its signature in front."""
    key = own_key()
    alg = "Ed25519"
    payload = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return {"signature": sign(payload, key=key, alg=alg), **content}


def sign(payload: bytes, *, key: Key, alg: str) -> str:
    """This function will sign bytes with a private key and return the compact form."""
    return jws.serialize_compact({"alg": alg, "kid": key.kid, "typ": "JOSE"}, payload, key, registry=_registry)


def create_own_key(path: Path) -> dict[str, Any]:
    """This function will make this installation's key (mode 0600) if there is none, and return the public part."""
    if not path.exists():
        key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(key.as_dict(private=True), file)
            file.flush()
            os.fsync(file.fileno())
    return public_part(_read(path))


def own_key() -> Key:
    """This function will return the key that our answers are signed with."""
    return _read(Path(settings.EXCHANGE_KEY_FILE))


def public_part(key: Key) -> dict[str, Any]:
    """This function will return what partners need to check our signatures."""
    return dict(key.as_dict(private=False))


def _read(path: Path) -> Key:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise UnableToSign("还没有签名密钥。请先执行 minsheng exchange key。") from error
    if status.st_mode & 0o077:
        raise UnableToSign(f"签名密钥的权限是 {status.st_mode & 0o777:04o}，其他账户也能读取。请执行 chmod 600。")
    return OKPKey.import_key(json.loads(path.read_text(encoding="ascii")))

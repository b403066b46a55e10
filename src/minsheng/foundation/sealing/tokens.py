"""Small sealed texts that leave the server and come back, such as page marks: sealed under a key made from a secret."""

import os

from minsheng.foundation.sealing.suites import DEFAULT_SUITE, NONCE_BYTES, SUITES, TAG_BYTES, TagMismatch


class UnableToOpenToken(ValueError):
    """A token does not open: changed, made for something else, or made under an older secret."""


def seal_token(*, secret: str, bound_to: str, text: str) -> bytes:
    """This function will seal `text` so that only `open_token` with the same secret and `bound_to` reads it."""
    suite = SUITES[DEFAULT_SUITE]
    nonce = os.urandom(NONCE_BYTES)
    return nonce + suite.encrypt(_key(secret), nonce, text.encode(), bound_to.encode())


def open_token(*, secret: str, bound_to: str, token: bytes) -> str:
    """This function will return the text of a token, or raise UnableToOpenToken."""
    if len(token) < NONCE_BYTES + TAG_BYTES:
        raise UnableToOpenToken("标记不完整，请回到第一页重新开始。")
    try:
        plain = SUITES[DEFAULT_SUITE].decrypt(_key(secret), token[:NONCE_BYTES], token[NONCE_BYTES:], bound_to.encode())
    except TagMismatch as error:
        raise UnableToOpenToken("标记已经失效或被改动，请回到第一页重新开始。") from error
    return plain.decode()


def _key(secret: str) -> bytes:
    suite = SUITES[DEFAULT_SUITE]
    mac = suite.mac(secret.encode())
    mac.update(b"minsheng.sealing.token\x01")
    return mac.finalize()[: suite.key_bytes]

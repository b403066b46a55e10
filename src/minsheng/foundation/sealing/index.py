"""Blind indexes: equal numbers give equal 32 bytes, and nobody without the index key can go back.

What an index gives away is equality and frequency, nothing else; see `rules.normal_form` for what it refuses.
"""

from cryptography.hazmat.primitives import hmac

from minsheng.foundation.sealing.keyring import Keyring
from minsheng.foundation.sealing.rules import indexed_text, last_four
from minsheng.foundation.sealing.types import SealedColumn

INDEX_BYTES = 32
LAST_FOUR_BYTES = 2


def prepared_mac(keyring: Keyring, word: str) -> hmac.HMAC:
    """This function will return the keyed hash after the separation word; copy it for each value."""
    mac = keyring.index_suite.mac(keyring.index_secret)
    mac.update(word.encode() + b"\x00")
    return mac


def index_value(*, keyring: Keyring, context: SealedColumn, value: str) -> bytes:
    """This function will return the 32-byte index of one value: HMAC(index key, "table.column" ‖ 0 ‖ normal form)."""
    mac = prepared_mac(keyring, context.name)
    mac.update(indexed_text(context, value).encode())
    return mac.finalize()


def last_four_word(context: SealedColumn) -> str:
    """This function will return the separation word of the last-four index."""
    return f"{context.name}.last_four"


def last_four_value(*, keyring: Keyring, context: SealedColumn, value: str) -> bytes:
    """This function will return the 16-bit index of the last four digits; short, so that it collides on purpose."""
    mac = prepared_mac(keyring, last_four_word(context))
    mac.update(last_four(context, value).encode())
    return mac.finalize()[:LAST_FOUR_BYTES]

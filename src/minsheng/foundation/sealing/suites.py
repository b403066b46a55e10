"""Cipher suites behind one interface: SM4-GCM with HMAC-SM3 (default), AES-256-GCM with HMAC-SHA256.

SM4 is GB/T 32907-2016, SM3 is GB/T 32905-2016, GCM is NIST SP 800-38D. The implementations are those of the OpenSSL
that the `cryptography` wheel carries: the system's own OpenSSL 3.0 has no SM4-GCM.
"""

from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
TAG_BYTES = 16


class TagMismatch(Exception):
    """The tag does not fit: another key, another row, or changed bytes. A suite cannot tell which."""


class Suite(Protocol):
    """An authenticated cipher and the keyed hash that goes with it; `number` stands in each value's header."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def key_bytes(self) -> int: ...
    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """This function will return ciphertext ‖ tag(16)."""
        ...

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        """This function will return the plaintext of ciphertext ‖ tag(16), or raise TagMismatch."""
        ...

    def mac(self, key: bytes) -> hmac.HMAC:
        """This function will return a keyed hash of 32 bytes, ready for `copy`, `update` and `finalize`."""
        ...


class ChineseSuite:
    """SM4-GCM (128-bit key) and HMAC-SM3."""

    number = 1
    name = "SM4-GCM"
    key_bytes = 16

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated)
        return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, sealed[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated)
        try:
            return decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()
        except InvalidTag as error:
            raise TagMismatch from error

    def mac(self, key: bytes) -> hmac.HMAC:
        return hmac.HMAC(key, hashes.SM3())


class InternationalSuite:
    """AES-256-GCM and HMAC-SHA256."""

    number = 2
    name = "AES-256-GCM"
    key_bytes = 32

    def encrypt(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        return AESGCM(key).encrypt(nonce, plaintext, associated)

    def decrypt(self, key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(nonce, sealed, associated)
        except InvalidTag as error:
            raise TagMismatch from error

    def mac(self, key: bytes) -> hmac.HMAC:
        return hmac.HMAC(key, hashes.SHA256())


SUITES: dict[str, Suite] = {suite.name: suite for suite in (ChineseSuite(), InternationalSuite())}
DEFAULT_SUITE = ChineseSuite.name

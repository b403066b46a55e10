"""One sealed value: version(1) | suite(1) | key id(2) | nonce(12) | ciphertext | tag(16).

The tag also covers "table|column|row id|key id", so a value moved to another row, column or table does not open.
Nonces are random: rotate the data key well before 2³² values have been sealed with it (NIST SP 800-38D §8.3).
"""

import os
import struct

from minsheng.foundation.sealing.keyring import DataKey, Keyring
from minsheng.foundation.sealing.suites import NONCE_BYTES, TAG_BYTES, TagMismatch
from minsheng.foundation.sealing.types import RowId, SealedColumn

VERSION = 1
HEADER = struct.Struct(">BBH")
OVERHEAD = HEADER.size + NONCE_BYTES + TAG_BYTES


class UnableToOpenSealed(Exception):
    """A sealed value does not open: changed, moved from another row, or sealed with a key that is not here."""


def header(key: DataKey) -> bytes:
    """This function will return the four bytes in front of every value sealed with this key."""
    return HEADER.pack(VERSION, key.suite.number, key.key_id)


def associated_data(context: SealedColumn, row_id: RowId, key_id: int) -> bytes:
    """This function will return the words bound into the tag: where the value belongs, and under which key."""
    return f"{context.table}|{context.column}|{row_id}|{key_id}".encode()


def seal_value(*, keyring: Keyring, context: SealedColumn, row_id: RowId, value: str) -> bytes:
    """This function will seal one text for one row with the newest key; 32 bytes longer than the UTF-8 text."""
    key = keyring.newest
    nonce = os.urandom(NONCE_BYTES)
    associated = associated_data(context, row_id, key.key_id)
    return header(key) + nonce + key.suite.encrypt(key.secret, nonce, value.encode(), associated)


def key_id_of(sealed: bytes) -> int:
    """This function will return the id of the key that sealed a value, to find what still waits for re-sealing."""
    return _header(sealed)[1]


def open_value(*, keyring: Keyring, context: SealedColumn, row_id: RowId, sealed: bytes) -> str:
    """This function will return the text of a sealed value, or raise UnableToOpenSealed saying where and why."""
    suite_number, key_id = _header(sealed)
    where = f"{context.name}（行 {row_id}）"
    key = keyring.data_keys.get(key_id)
    if key is None or key.suite.number != suite_number:
        raise UnableToOpenSealed(
            f"{where} 用 {key_id} 号密钥加密，密钥文件里没有对应的密钥。请从密钥备份恢复这把密钥，数据本身未动。"
        )
    start = HEADER.size
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return key.suite.decrypt(key.secret, nonce, body, associated_data(context, row_id, key_id)).decode()
    except TagMismatch as error:
        raise UnableToOpenSealed(
            f"{where} 校验不通过：内容被改动、被换到了别的行，或密钥不对。请停止使用这一项，报安全管理员核查。"
        ) from error


def _header(sealed: bytes) -> tuple[int, int]:
    if len(sealed) < OVERHEAD:
        raise UnableToOpenSealed("加密内容不完整（长度不足）。请从备份恢复这一项，并报安全管理员核查。")
    version, suite_number, key_id = HEADER.unpack_from(sealed)
    if version != VERSION:
        raise UnableToOpenSealed(f"加密内容的版本 {version} 不认识。请核对程序版本，或从备份恢复这一项。")
    return suite_number, key_id

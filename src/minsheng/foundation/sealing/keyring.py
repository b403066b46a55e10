"""The keys, and the file that only the service's own account may read.

The file stays out of the database, its dumps and their backups: whoever holds a dump and the index key can try every
id number of a county in about a minute.
"""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from minsheng.foundation.sealing.suites import DEFAULT_SUITE, SUITES, Suite

_FORMAT = 1
LARGEST_KEY_ID = 0xFFFF
_INDEX_KEY_BYTES = 32


class UnableToReadKeyring(Exception):
    """The key file is missing, open to others, or not a key file."""


class UnableToWriteKeyring(Exception):
    """The key file cannot be made or extended."""


@dataclass(frozen=True)
class DataKey:
    """One key that seals values; `key_id` stands in the header of each value sealed with it."""

    key_id: int
    suite: Suite
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """All keys of an installation: the newest data key seals, every one opens; a key of its own makes indexes."""

    data_keys: Mapping[int, DataKey]
    index_suite: Suite
    index_secret: bytes = field(repr=False)

    @property
    def newest(self) -> DataKey:
        """This property will return the data key that seals new values."""
        return self.data_keys[max(self.data_keys)]


def create_keyring(path: Path, *, suite: str = DEFAULT_SUITE) -> Keyring:
    """This function will make a key file (mode 0600) with one data key and one index key; an existing file is kept.

    Raises UnableToWriteKeyring when a file stands there already: its loss would make every sealed value unreadable.
    """
    document = {
        "format": _FORMAT,
        "data_keys": [_new_data_key(1, suite)],
        "index_key": {"suite": suite, "secret": secrets.token_hex(_INDEX_KEY_BYTES)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UnableToWriteKeyring(f"密钥文件 {path} 已经存在，没有改动。要换新密钥请用轮换，不要新建。") from error
    _write(descriptor, document)
    return read_keyring(path)


def rotate_keyring(path: Path, *, suite: str | None = None) -> Keyring:
    """This function will add a new data key that seals from now on; the older ones keep opening what they sealed.

    The index key stays: changing it would make every stored index useless at once.
    """
    read_keyring(path)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two rotations at once would lose the first one's key
        ring = read_keyring(path)
        document = _load(path)
        next_id = max(ring.data_keys) + 1
        if next_id > LARGEST_KEY_ID:
            raise UnableToWriteKeyring(
                f"密钥编号已用到 {LARGEST_KEY_ID}，不能再轮换。请先用新密钥重新加密旧数据并清理旧编号。"
            )
        document["data_keys"].append(_new_data_key(next_id, suite or ring.newest.suite.name))
        beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        _write(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), document)
        os.replace(beside, path)
        return read_keyring(path)


def read_keyring(path: Path) -> Keyring:
    """This function will read the keys, refusing a file that any other account could read or write."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise UnableToReadKeyring(
            f"没有找到密钥文件 {path}。首次安装请先生成密钥；若是丢失，请从密钥备份恢复。"
        ) from error
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise UnableToReadKeyring(
            f"密钥文件 {path} 的权限是 {stat.S_IMODE(status.st_mode):04o}，其他账户也能读取，已停止使用。"
            f"请执行 chmod 600，并考虑轮换密钥。"
        )
    if status.st_uid not in (0, os.geteuid()):
        raise UnableToReadKeyring(
            f"密钥文件 {path} 属于另一个账户（uid {status.st_uid}），已停止使用。请改回服务账户所有。"
        )
    document = _load(path)
    try:
        keys = {
            int(entry["kid"]): DataKey(int(entry["kid"]), SUITES[entry["suite"]], bytes.fromhex(entry["secret"]))
            for entry in document["data_keys"]
        }
        ring = Keyring(keys, SUITES[document["index_key"]["suite"]], bytes.fromhex(document["index_key"]["secret"]))
        if not keys or any(len(key.secret) != key.suite.key_bytes for key in keys.values()):
            raise ValueError("key length")
        if document["format"] != _FORMAT or len(ring.index_secret) != _INDEX_KEY_BYTES:
            raise ValueError("format")
    except (KeyError, TypeError, ValueError) as error:
        raise UnableToReadKeyring(f"密钥文件 {path} 的内容不完整或不是密钥文件。请从密钥备份恢复。") from error
    return ring


def _new_data_key(key_id: int, suite: str) -> dict[str, Any]:
    return {"kid": key_id, "suite": suite, "secret": secrets.token_hex(SUITES[suite].key_bytes)}


def _load(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise UnableToReadKeyring(f"密钥文件 {path} 无法读取或已损坏。请从密钥备份恢复。") from error
    if not isinstance(document, dict):
        raise UnableToReadKeyring(f"密钥文件 {path} 不是密钥文件。请从密钥备份恢复。")
    return document


def _write(descriptor: int, document: dict[str, Any]) -> None:
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())

#!/usr/bin/env python3
"""核对一份审计证明。只用 Python 自带的功能，不用民生直达的程序，也不用数据库。

    python3 verify_audit.py 证明.json                       一条记录的证明（审计页面上“下载证明”）
    python3 verify_audit.py 证明.json --expect 3f2a…        并与打印日报上的校验码核对（可只写前若干位）
    python3 verify_audit.py 证明.json --roots 文件夹         并与抄存在别处的根文件核对
    python3 verify_audit.py 文件夹                           只核对抄存的根文件是否前后相接

退出码：0 相符，1 不相符，2 读不出来。

What it does: SM3 (GB/T 32905-2016) written out below; leaf = SM3(00 ‖ bytes of the entry), node = SM3(01 ‖ left ‖
right) as in RFC 6962; each line of roots names the SM3 of the line before it. The bytes of an entry are one JSON
object, keys in order, no blanks, UTF-8.
"""

import json
import sys
from pathlib import Path

FORMAT = "minsheng-audit-proof-1"
IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)
FULL = 0xFFFFFFFF


class Refused(Exception):
    """The proof does not hold; the text says where."""


def _left(word: int, bits: int) -> int:
    bits %= 32
    return ((word << bits) | (word >> (32 - bits))) & FULL


def sm3(content: bytes) -> bytes:
    """This function will return SM3 of the content (GB/T 32905-2016, 5.2 to 5.3)."""
    message = content + b"\x80" + b"\x00" * ((55 - len(content)) % 64) + (8 * len(content)).to_bytes(8, "big")
    state = list(IV)
    for start in range(0, len(message), 64):
        w = [int.from_bytes(message[start + 4 * i : start + 4 * i + 4], "big") for i in range(16)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ _left(w[j - 3], 15)
            w.append(x ^ _left(x, 15) ^ _left(x, 23) ^ _left(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            t = 0x79CC4519 if j < 16 else 0x7A879D8A
            ss1 = _left((_left(a, 12) + e + _left(t, j)) & FULL, 7)
            ss2 = ss1 ^ _left(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & FULL & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & FULL
            tt2 = (gg + h + ss1 + w[j]) & FULL
            a, b, c, d, e, f, g, h = tt1, a, _left(b, 9), c, tt2 ^ _left(tt2, 9) ^ _left(tt2, 17), e, _left(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
    return b"".join(word.to_bytes(4, "big") for word in state)


def entry_bytes(entry: dict) -> bytes:
    """This function will return the bytes of an entry that were hashed."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """This function will walk from a leaf to the root (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise Refused("证明里的位置不在这个根的范围内。")
    if size == 1:
        if path:
            raise Refused("证明的路径太长。")
        return leaf
    if not path:
        raise Refused("证明的路径太短。")
    cut = 1 << ((size - 1).bit_length() - 1)
    if index < cut:
        return sm3(b"\x01" + root_by_path(leaf, index, cut, path[:-1]) + path[-1])
    return sm3(b"\x01" + path[-1] + root_by_path(leaf, index - cut, size - cut, path[:-1]))


def check_chain(lines: list[str]) -> str:
    """This function will check that lines follow each other and return the hash of the last."""
    before, number = None, None
    for text in lines:
        line = json.loads(text)
        if number is not None and line["number"] != number + 1:
            raise Refused(f"第 {number} 个根后面缺了根。")
        if before is not None and line["previous"] != before:
            raise Refused(f"第 {line['number']} 个根接不上前一个：两个当中至少有一个被改过。")
        number, before = line["number"], sm3(text.encode()).hex()
    if before is None:
        raise Refused("没有根。")
    return before


def outside(folder: Path) -> list[str]:
    """This function will read every line of the files of roots, the oldest first."""
    names = sorted(folder.glob("roots-????-??-??.jsonl"))
    return [line for name in names for line in name.read_text(encoding="utf-8").splitlines()]


def check_proof(proof: dict) -> tuple[dict, str]:
    """This function will check one proof by itself and return its root's line and the hash of its last line."""
    if proof.get("format") != FORMAT:
        raise Refused("这不是一份审计证明。")
    content = entry_bytes(proof["entry"])
    if content.decode() != proof["bytes"]:
        raise Refused("记录的内容与封存的字节不同：内容被改过。")
    line = json.loads(proof["lines"][0])
    path = [bytes.fromhex(node) for node in proof["path"]]
    root = root_by_path(sm3(b"\x00" + content), proof["index"], line["size"], path)
    if root.hex() != line["root"]:
        raise Refused("从这条记录算不到它的根：记录、位置或路径被改过。")
    return line, check_chain(proof["lines"])


def main(arguments: list[str]) -> int:
    """This function will check what the command line names and say in words what was found."""
    options = {"--roots": "", "--expect": ""}
    names = []
    while arguments:
        one = arguments.pop(0)
        if one in options and arguments:
            options[one] = arguments.pop(0)
        else:
            names.append(one)
    if len(names) != 1:
        print(__doc__)
        return 2
    if sm3(b"abc").hex() != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0":
        print("本程序的 SM3 不对，请换一份程序。")
        return 2
    try:
        path = Path(names[0])
        if path.is_dir():
            lines = outside(path)
            print(f"相符：{len(lines)} 个根前后相接。最后一个的校验码：{check_chain(lines)}")
            return 0
        proof = json.loads(path.read_text(encoding="utf-8"))
        line, last = check_proof(proof)
        if options["--expect"]:
            wanted = options["--expect"].lower().replace(" ", "")
            hashes = [sm3(text.encode()).hex() for text in proof["lines"]]
            if len(wanted) < 16 or not any(one.startswith(wanted) for one in hashes):
                raise Refused("证明里没有日报上的那个校验码（至少要写前 16 位）。")
        if options["--roots"]:
            kept = outside(Path(options["--roots"]))
            check_chain(kept)
            newest = json.loads(kept[-1])["number"]
            if any(one not in kept for one in proof["lines"] if json.loads(one)["number"] <= newest):
                raise Refused("抄存的根文件里没有证明里的根：记录在封存以后被重做过，或文件不全。")
            if line["number"] > newest:
                raise Refused(f"抄存的根文件只到第 {newest} 个，比这条记录旧。请用新一些的抄本。")
        entry = proof["entry"]
        print(f"相符：记录 {entry['id']} 在封存后没有改动。")
        print(
            f"时间 {entry['at']}（世界时），{entry['account_name']}，{entry['action']}，"
            f"{entry['object_type']} {entry['object_id']}"
        )
        print(f"第 {line['number']} 个根，封存于 {line['at']}；证明里最后一个根的校验码：{last}")
        if not options["--roots"] and not options["--expect"]:
            print("提醒：请用 --expect 与打印的日报核对，或用 --roots 与抄存的根核对；只看证明本身，防不住整套重做。")
        return 0
    except Refused as problem:
        print(f"不相符：{problem}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
        print(f"读不出来：{problem}")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

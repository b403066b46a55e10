"""Photos and papers that people attach: what they are is read from their bytes, and what they tell besides is cut off.

A phone writes into a photo where it was taken, by which telephone, and a small copy of what was cropped away. Only the
parts that draw the picture are kept: of a JPEG its tables and scans (and the way it is turned), of a PNG its pixels.
Nothing is decoded here, so no decoder can be attacked; sizes are read from the headers and bounded before a browser
meets them. A PDF is kept as it is, is refused when it can act by itself, and is only ever handed out as a download.
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from minsheng.foundation.files.limits import megabytes

PHOTO_BYTES, PAPER_BYTES = 8 * 2**20, 12 * 2**20
MOST_PIXELS, LONGEST_SIDE = 60_000_000, 20_000
_ASK_AGAIN = "请用手机或电脑重新打开、另存后再传。"


class MediaType(StrEnum):
    """What may be attached."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"

    @property
    def ending(self) -> str:
        """The ending of a file of this type."""
        return {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}[self.value]

    @property
    def is_photo(self) -> bool:
        """Whether a page can show it."""
        return self is not MediaType.PDF


PHOTOS = frozenset({MediaType.JPEG, MediaType.PNG})
PAPERS = frozenset(MediaType)


class UnableToTakeFile(ValueError):
    """The file is not taken: what is wrong, and what the sender can do."""


@dataclass(frozen=True)
class Attachment:
    """A file as it is kept. `width` and `height` in pixels as it is shown, 0 for a PDF; `sha256` of `content`."""

    name: str
    media_type: MediaType
    content: bytes
    width: int
    height: int
    sha256: str


def take_file(*, content: bytes, name: str, allowed: frozenset[MediaType]) -> Attachment:
    """This function will return a photo or paper without what it tells besides; raises UnableToTakeFile.

    The type is that of the bytes; the name's ending is replaced by the one that is true.
    """
    found = _type_of(content)
    if found is None or found not in allowed:
        kinds = "JPEG、PNG 照片" + ("或 PDF" if MediaType.PDF in allowed else "")
        raise UnableToTakeFile(_strange(content, kinds))
    most = PHOTO_BYTES if found.is_photo else PAPER_BYTES
    if len(content) > most:
        raise UnableToTakeFile(f"文件有 {megabytes(len(content))}，最多 {megabytes(most)}。请压缩或分开后再传。")
    try:
        kept, width, height = {
            MediaType.JPEG: _jpeg,
            MediaType.PNG: _png,
            MediaType.PDF: _pdf,
        }[found](content)
    except (struct.error, IndexError) as problem:
        raise UnableToTakeFile(f"文件不完整，打不开。{_ASK_AGAIN}") from problem
    if found.is_photo and not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise UnableToTakeFile(f"照片是 {width}×{height} 像素，每边最多 {LONGEST_SIDE:,}。请缩小后再传。")
    if width * height > MOST_PIXELS:
        raise UnableToTakeFile(f"照片有 {width * height:,} 个像素，最多 {MOST_PIXELS:,} 个。请缩小后再传。")
    plain = re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]", "", name)
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", plain).strip(" .")[:80] or "附件"
    return Attachment(f"{stem}.{found.ending}", found, kept, width, height, hashlib.sha256(kept).hexdigest())


def _type_of(content: bytes) -> MediaType | None:
    heads = {b"\xff\xd8\xff": MediaType.JPEG, b"\x89PNG\r\n\x1a\n": MediaType.PNG, b"%PDF-": MediaType.PDF}
    return next((kind for head, kind in heads.items() if content.startswith(head)), None)


def _strange(content: bytes, kinds: str) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return f"这是 HEIC 照片，不是所有电脑都能打开。请在手机相机设置里选“兼容性最佳”，或者另存后再传（收 {kinds}）。"
    return f"这不是能收的文件：只收 {kinds}，按内容认，不看文件名。请另存后再传。"


# ---- JPEG ----------------------------------------------------------------------------------------------------------
_SIZES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers draw
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN_ENDS = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def _jpeg(content: bytes) -> tuple[bytes, int, int]:
    kept, at, width, height, turned = [b"\xff\xd8"], 2, 0, 0, 1
    scans = 0
    while True:
        if content[at] != 0xFF:
            raise UnableToTakeFile(f"照片的内部结构不正常。{_ASK_AGAIN}")
        while content[at] == 0xFF:
            at += 1
        marker = content[at]
        at += 1
        if marker == 0xD9:
            break
        if marker in _ALONE:
            continue
        size = struct.unpack_from(">H", content, at)[0]
        part = content[at : at + size]
        if size < 2 or len(part) < size:
            raise UnableToTakeFile(f"照片不完整，传的时候可能断了。{_ASK_AGAIN}")
        at += size
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", part, 3)
        elif marker == 0xE1 and part[2:8] == b"Exif\0\0":
            turned = _orientation(part[8:])
        is_colour = marker == 0xEE and part[2:7] == b"Adobe"  # without it a browser mistakes the colours
        if marker in _SIZES | _TABLES or marker == 0xDA or is_colour:
            kept.append(b"\xff" + bytes([marker]) + part)
        if marker == 0xDA:
            scans += 1
            end = _SCAN_ENDS.search(content, at)
            if end is None:
                raise UnableToTakeFile(f"照片不完整，传的时候可能断了。{_ASK_AGAIN}")
            kept.append(content[at : end.start()])
            at = end.start()
    if not scans or not width or not height:
        raise UnableToTakeFile(f"这张照片的格式少见，很多浏览器画不出来。{_ASK_AGAIN}")
    if turned > 1:
        kept.insert(1, _turned(turned))
    if turned >= 5:
        width, height = height, width
    return b"".join([*kept, b"\xff\xd9"]), width, height


def _orientation(exif: bytes) -> int:
    """How the picture is to be turned, 1 to 8; 1 when nothing readable says so."""
    try:
        order = {b"II": "<", b"MM": ">"}[exif[:2]]
        first = struct.unpack_from(f"{order}I", exif, 4)[0]
        for place in range(min(struct.unpack_from(f"{order}H", exif, first)[0], 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, first + 2 + 12 * place)
            if tag == 0x0112 and kind == 3 and 1 <= value <= 8:
                return int(value)
    except (KeyError, struct.error):
        pass
    return 1


def _turned(value: int) -> bytes:
    """An Exif part that says how the picture is turned and nothing else."""
    body = b"Exif\0\0" + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, value, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# ---- PNG -----------------------------------------------------------------------------------------------------------
_DRAWING = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA"})


def _png(content: bytes) -> tuple[bytes, int, int]:
    kept, width, height, ended = [content[:8]], 0, 0, False
    for name, data in _chunks(content):
        if name == b"IHDR":
            width, height = struct.unpack_from(">II", data)
        if name in _DRAWING:
            kept.append(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)))
        ended = name == b"IEND"
    if not ended or not any(chunk[4:8] == b"IDAT" for chunk in kept):
        raise UnableToTakeFile(f"照片不完整，传的时候可能断了。{_ASK_AGAIN}")
    return b"".join(kept), width, height


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        data = content[at + 8 : at + 8 + size]
        told = struct.unpack_from(">I", content, at + 8 + size)[0]
        if zlib.crc32(name + data) != told or (at == 8) is not (name == b"IHDR"):
            raise UnableToTakeFile(f"照片的内部结构不正常。{_ASK_AGAIN}")
        yield name, data
        if name == b"IEND":
            return  # what hangs behind the picture is not the picture
        at += 12 + size


# ---- PDF -----------------------------------------------------------------------------------------------------------
_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def _pdf(content: bytes) -> tuple[bytes, int, int]:
    plain = _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), content)
    if b"%%EOF" not in content[-2048:]:
        raise UnableToTakeFile(f"PDF 不完整，传的时候可能断了。{_ASK_AGAIN}")
    if b"/Encrypt" in plain:
        raise UnableToTakeFile("PDF 加了密码，复核的人打不开。请去掉密码后再传。")
    if found := _ACTS.search(plain):
        raise UnableToTakeFile(
            f"PDF 里带有会自己动作的内容或附件（{found.group(1).decode()}），为了安全不能接收。请“打印为 PDF”后再传。"
        )
    return content, 0, 0

"""Photos lose what they tell besides; what is not a photo or a harmless paper is not taken."""

import struct
import zlib

import pytest

from foundation.files.pictures import JPEG, exif, segment, telltale
from minsheng.foundation.files.attachments import PAPERS, PHOTO_BYTES, PHOTOS, MediaType, UnableToTakeFile, take_file

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*extra: bytes, width: int = 2, height: int = 1) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" + b"\xff" * 6))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND", b"")


def test_a_photo_forgets_where_by_whom_and_what_was_cropped() -> None:
    sent = telltale()
    for told in (b"GPS", b"cropped away", b"Zhang San", b"motion trailer"):
        assert told in sent, "the control: it was there"
    kept = take_file(content=sent, name="家门口.JPG", allowed=PHOTOS)
    for told in (b"GPS", b"Exif", b"cropped away", b"Zhang San", b"motion trailer", b"ICC_PROFILE"):
        assert told not in kept.content, told
    assert (kept.name, kept.media_type, kept.width, kept.height) == ("家门口.jpg", MediaType.JPEG, 16, 8)
    again = take_file(content=kept.content, name="again", allowed=PHOTOS)
    assert again.content == kept.content, "nothing more to take away"


@pytest.mark.parametrize(("turned", "size"), [(1, (16, 8)), (3, (16, 8)), (6, (8, 16)), (8, (8, 16))])
def test_the_way_it_is_turned_is_all_that_stays(turned: int, size: tuple[int, int]) -> None:
    kept = take_file(content=telltale(turned=turned), name="a.jpg", allowed=PHOTOS)
    assert (kept.width, kept.height) == size
    assert (b"Exif" in kept.content) is (turned > 1)
    assert b"GPS" not in kept.content


def test_an_exif_part_that_lies_harms_nobody() -> None:
    for body in (b"", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 30, b"??"):
        spoilt = JPEG[:2] + segment(0xE1, b"Exif\0\0" + body) + JPEG[2:]
        assert b"Exif" not in take_file(content=spoilt, name="a.jpg", allowed=PHOTOS).content


def test_a_drawing_keeps_its_pixels_only() -> None:
    told = (chunk(b"tEXt", b"Author\0Zhang San"), chunk(b"eXIf", b"MM GPS"), chunk(b"iTXt", b"XML:com.adobe.xmp"))
    kept = take_file(content=png(*told) + b"behind", name="图.png", allowed=PHOTOS)
    assert kept.content == png()
    assert (kept.width, kept.height, kept.media_type) == (2, 1, MediaType.PNG)


def test_a_paper_is_kept_as_it_is_and_only_where_papers_are_asked_for() -> None:
    kept = take_file(content=PDF, name="台账.doc", allowed=PAPERS)
    assert (kept.name, kept.content, kept.width) == ("台账.pdf", PDF, 0)
    with pytest.raises(UnableToTakeFile, match="只收 JPEG、PNG 照片"):
        take_file(content=PDF, name="台账.pdf", allowed=PHOTOS)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg onload=alert(1)>", "按内容认"),
        (b"GIF89a" + b"\0" * 20, "按内容认"),
        (b"PK\x03\x04" + b"\0" * 40, "按内容认"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (b"", "按内容认"),
        (JPEG[:200], "不完整"),
        (JPEG[:-20], "不完整"),
        (b"\xff\xd8\xff\xd9", "少见"),
        (JPEG[:2] + b"<html>" + JPEG[2:], "按内容认"),
        (JPEG[:2] + exif(turned=1) + b"<html>" + JPEG[2:], "内部结构不正常"),
        (png()[:-8], "不完整"),
        (png().replace(b"IDAT", b"IDAX"), "内部结构不正常"),
        (png(width=30_000), "每边最多"),
        (png(width=0), "每边最多"),
        (png(width=19_000, height=19_000), "个像素"),
        (JPEG + b"\0" * PHOTO_BYTES, "最多 8.0 MB"),
        (PDF.replace(b"/Type", b"/OpenAction <</S /JavaScript>> /Type"), "JavaScript"),
        (PDF.replace(b"/Type", b"/J#61vaScript 2 0 R /Type"), "JavaScript"),
        (PDF.replace(b"/Type", b"/Launch 2 0 R /Type"), "Launch"),
        (PDF.replace(b"/Type", b"/EmbeddedFiles 2 0 R /Type"), "EmbeddedFiles"),
        (PDF.replace(b"/Root", b"/Encrypt 3 0 R /Root"), "密码"),
        (PDF[:-6], "不完整"),
    ],
)
def test_what_is_not_taken_says_why(content: bytes, says: str) -> None:
    with pytest.raises(UnableToTakeFile, match=says):
        take_file(content=content, name="x.jpg", allowed=PAPERS)


def test_every_torn_or_flipped_photo_is_taken_or_refused_and_never_a_crash() -> None:
    refusals = []
    for sent in (telltale(turned=6), png(chunk(b"tEXt", b"a\0b"))):
        for place in range(0, len(sent), 3):
            for torn in (sent[:place], sent[:place] + bytes([sent[place] ^ 0xFF]) + sent[place + 1 :]):
                try:
                    take_file(content=torn, name="x", allowed=PAPERS)
                except UnableToTakeFile as refused:
                    refusals.append(str(refused))
    assert refusals
    assert all(words.endswith("。") for words in refusals)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "etcpasswd.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie x.jpg"),
        ("", "附件.jpg"),
        ("照" * 300, "照" * 80 + ".jpg"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert take_file(content=JPEG, name=name, allowed=PHOTOS).name == kept

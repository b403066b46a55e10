"""The smallest real photo (16 × 8 pixels, drawn by a browser), and what a telephone writes into one."""

import base64
import struct

JPEG = base64.b64decode(
    "/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBD"
    "ARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAIABAD"
    "ASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAGBABAAMBAAAAAAAAAAAAAAAAABZlo+L/xAAUAQEAAAAAAAAAAAAA"
    "AAAAAAAF/8QAGBEBAQADAAAAAAAAAAAAAAAAAgADMTL/2gAMAwEAAhEDEQA/AKc1r9uWTAqMZHMYmlu//9k="
)


def segment(marker: int, body: bytes) -> bytes:
    """This function will write one part of a JPEG."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def exif(*, turned: int, place: bytes = b"GPS 30.2456 120.1787") -> bytes:
    """This function will write an Exif part that says how the picture is turned, and where it was taken."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, turned, 0)
    return segment(0xE1, b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0) + place)


def telltale(*, turned: int = 1) -> bytes:
    """This function will return the photo with everything that a telephone adds: place, thumbnail, remark, trailer."""
    small_copy = segment(0xE2, b"MPF\0" + b"cropped away")
    return JPEG[:2] + exif(turned=turned) + small_copy + segment(0xFE, b"of Zhang San") + JPEG[2:] + b"motion trailer"

"""A drawn building site, so that the demo's projects have a photo; it is plainly no photo of a real place."""

import struct
import zlib

Rgb = tuple[int, int, int]
WIDTH, HEIGHT = 960, 640
SKY, GROUND, SHELL, GLASS, CRANE = (207, 224, 243), (214, 205, 186), (122, 135, 150), (236, 242, 248), (154, 52, 18)


def building_site(*, storeys: int) -> bytes:
    """This function will draw a shell of some storeys with a crane beside it, as PNG."""
    ground, top = HEIGHT - 120, HEIGHT - 120 - 60 * storeys
    blocks: list[tuple[int, int, int, int, Rgb]] = [(0, ground, WIDTH, HEIGHT, GROUND), (280, top, 680, ground, SHELL)]
    for storey in range(storeys):
        level = ground - 60 * (storey + 1) + 14
        blocks += [(left, level, left + 44, level + 32, GLASS) for left in range(304, 660, 72)]
    blocks += [(760, 90, 776, ground, CRANE), (400, 90, 860, 104, CRANE), (470, 104, 474, max(top - 40, 110), CRANE)]
    rows = [bytearray(bytes(SKY) * WIDTH) for _ in range(HEIGHT)]
    for left, upper, right, lower, colour in blocks:
        for row in rows[upper:lower]:
            row[3 * left : 3 * right] = bytes(colour) * (right - left)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part) for part in ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

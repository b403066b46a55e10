"""SM3 (GB/T 32905-2016), the plain hash: for trees and chains whose members anybody may compute again."""

from cryptography.hazmat.primitives import hashes

SM3_BYTES = 32


def sm3(content: bytes) -> bytes:
    """This function will return the 32 bytes of SM3 over the content."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()

"""Known answers: published vectors, so that a value sealed today opens with any other implementation."""

import hashlib
import hmac as standard_hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.foundation.sealing.galois import SmallValueGcm
from minsheng.foundation.sealing.suites import SUITES, TagMismatch

SM4 = SUITES["SM4-GCM"]
AES = SUITES["AES-256-GCM"]

# RFC 8998, appendix A.1
SM4_KEY = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
SM4_NONCE = bytes.fromhex("00001234567800000000ABCD")
SM4_PLAIN = bytes.fromhex("".join(pair * 8 for pair in ("AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA")))
SM4_ASSOCIATED = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
SM4_SEALED = bytes.fromhex(
    "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
    "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
    "83DE3541E4C2B58177E065A9BF7B62EC"
)
# McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16
AES_KEY = bytes.fromhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
AES_NONCE = bytes.fromhex("cafebabefacedbaddecaf888")
AES_PLAIN = bytes.fromhex(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
)
AES_ASSOCIATED = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
AES_SEALED = bytes.fromhex(
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    "76fc6ece0f4e1768cddf8853bb2d551b"
)


def _mac(suite_name: str, key: bytes, message: bytes) -> str:
    mac = SUITES[suite_name].mac(key)
    mac.update(message)
    return mac.finalize().hex()


def test_sm4_gcm_gives_the_answer_of_rfc_8998() -> None:
    assert SM4.encrypt(SM4_KEY, SM4_NONCE, SM4_PLAIN, SM4_ASSOCIATED) == SM4_SEALED
    assert SM4.decrypt(SM4_KEY, SM4_NONCE, SM4_SEALED, SM4_ASSOCIATED) == SM4_PLAIN


def test_aes_256_gcm_gives_the_answer_of_the_specification() -> None:
    assert AES.encrypt(AES_KEY, AES_NONCE, AES_PLAIN, AES_ASSOCIATED) == AES_SEALED
    assert AES.decrypt(AES_KEY, AES_NONCE, AES_SEALED, AES_ASSOCIATED) == AES_PLAIN


def test_hmac_sm3_and_hmac_sha256_give_published_answers() -> None:
    key = bytes(range(1, 0x26))
    assert _mac("SM4-GCM", key, b"\xcd" * 50) == "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"
    # RFC 4231, test case 2
    assert _mac("AES-256-GCM", b"Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="the interpreter's own OpenSSL has no SM3")
def test_hmac_sm3_agrees_with_a_second_implementation() -> None:
    for length in (0, 1, 31, 32, 64, 65, 200):
        message = bytes(range(256))[:length]
        assert _mac("SM4-GCM", b"k" * 32, message) == standard_hmac.new(b"k" * 32, message, "sm3").hexdigest()


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_changed_bit_is_noticed(suite: object) -> None:
    suite_ = SUITES[suite.name]  # type: ignore[attr-defined]
    key, nonce = bytes(suite_.key_bytes), bytes(12)
    sealed = suite_.encrypt(key, nonce, b"330102", b"here")
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(TagMismatch):
            suite_.decrypt(key, nonce, bytes(changed), b"here")
    with pytest.raises(TagMismatch):
        suite_.decrypt(key, nonce, sealed, b"there")


def test_batch_sealing_gives_the_answer_of_rfc_8998() -> None:
    rows = 3
    sealed = SmallValueGcm(SM4_KEY).encrypt_many(SM4_NONCE * rows, [SM4_PLAIN] * rows, [SM4_ASSOCIATED] * rows)
    assert sealed == [SM4_SEALED] * rows


@settings(max_examples=150, deadline=None)
@given(
    key=st.binary(min_size=16, max_size=16),
    rows=st.lists(
        st.tuples(st.binary(min_size=12, max_size=12), st.binary(max_size=70), st.binary(max_size=90)),
        min_size=1,
        max_size=20,
    ),
)
def test_batch_sealing_equals_openssl_for_mixed_lengths(key: bytes, rows: list[tuple[bytes, bytes, bytes]]) -> None:
    nonces, plain, associated = zip(*rows, strict=True)
    batch = SmallValueGcm(key).encrypt_many(b"".join(nonces), plain, associated)
    assert batch == [SM4.encrypt(key, nonce, text, words) for nonce, text, words in rows]

"""Sealed values and blind indexes as other rooms use them, with the key file and its rotation."""

import os
import stat
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from stdnum.cn import ric

from minsheng.foundation.sealing import bulk, operations
from minsheng.foundation.sealing.envelope import OVERHEAD, UnableToOpenSealed
from minsheng.foundation.sealing.keyring import (
    Keyring,
    UnableToReadKeyring,
    UnableToWriteKeyring,
    create_keyring,
    read_keyring,
    rotate_keyring,
)
from minsheng.foundation.sealing.rules import UnableToIndex, id_check_character, normal_id_number
from minsheng.foundation.sealing.tokens import UnableToOpenToken, open_token, seal_token
from minsheng.foundation.sealing.types import SealedColumn, ValueKind

ID_NUMBER = SealedColumn("registry_person", "id_number", ValueKind.ID_NUMBER)
PHONE = SealedColumn("registry_person", "phone", ValueKind.PHONE)
BANK_CARD = SealedColumn("payments_account", "card", ValueKind.BANK_CARD)
HEALTH = SealedColumn("registry_disability", "grade", ValueKind.HEALTH)
LIN = UUID("0d0f2b4e-58b1-4f3c-9a55-6b6a4c1d2e3f")
ZHOU = UUID("7c1e0a52-9d0b-4b7e-8f61-2f3a4b5c6d7e")
VALID = "11010519491231002X"


@pytest.fixture(params=["SM4-GCM", "AES-256-GCM"])
def ring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    return create_keyring(tmp_path / "keys.json", suite=request.param)


def _seal(ring: Keyring, row_id: UUID = LIN, value: str = VALID) -> bytes:
    return operations.seal(context=ID_NUMBER, row_id=row_id, value=value, keyring=ring)


def _open(ring: Keyring, sealed: bytes, row_id: UUID = LIN, context: SealedColumn = ID_NUMBER) -> str:
    return operations.open_sealed(context=context, row_id=row_id, sealed=sealed, keyring=ring)


@examples(deadline=None)
@given(value=st.text(max_size=60))
def test_what_is_sealed_opens_again(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    ring = create_keyring(tmp_path_factory.mktemp("keys") / "keys.json")
    try:
        value.encode()
    except UnicodeEncodeError:
        return  # a lone surrogate is no text; PostgreSQL refuses it as well
    sealed = _seal(ring, value=value)
    assert _open(ring, sealed) == value
    assert len(sealed) == len(value.encode()) + OVERHEAD


def test_two_seals_of_one_value_differ(ring: Keyring) -> None:
    assert _seal(ring) != _seal(ring)


def test_values_swapped_between_two_rows_do_not_open(ring: Keyring) -> None:
    of_lin, of_zhou = _seal(ring, LIN), _seal(ring, ZHOU)
    assert _open(ring, of_lin, LIN) == _open(ring, of_zhou, ZHOU) == VALID
    with pytest.raises(UnableToOpenSealed, match="被换到了别的行"):
        _open(ring, of_zhou, LIN)
    with pytest.raises(UnableToOpenSealed):
        _open(ring, of_lin, ZHOU)


def test_a_value_moved_to_another_column_does_not_open(ring: Keyring) -> None:
    with pytest.raises(UnableToOpenSealed):
        _open(ring, _seal(ring), context=PHONE)


def test_every_changed_byte_is_noticed(ring: Keyring) -> None:
    sealed = _seal(ring)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 0x01
        with pytest.raises(UnableToOpenSealed):
            _open(ring, bytes(changed))
    for cut in (0, 3, OVERHEAD - 1, len(sealed) - 1):
        with pytest.raises(UnableToOpenSealed):
            _open(ring, sealed[:cut])


def test_another_installations_key_does_not_open(ring: Keyring, tmp_path: Path) -> None:
    other = create_keyring(tmp_path / "other.json", suite=ring.newest.suite.name)
    with pytest.raises(UnableToOpenSealed):
        _open(other, _seal(ring))


def test_rotation_seals_with_the_newest_key_and_opens_with_every_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    first = create_keyring(path)
    old = _seal(first)
    second = rotate_keyring(path)
    third = rotate_keyring(path, suite="AES-256-GCM")
    newest = _seal(third)
    assert sorted(third.data_keys) == [1, 2, 3]
    assert _open(third, old) == _open(third, _seal(second)) == _open(third, newest) == VALID
    assert operations.needs_resealing(sealed=old, keyring=third)
    assert not operations.needs_resealing(sealed=newest, keyring=third)
    with pytest.raises(UnableToOpenSealed, match="3 号密钥"):
        _open(second, newest)
    # The index key stays, or every stored index would be worthless at once.
    assert operations.blind_index(context=ID_NUMBER, value=VALID, keyring=first) == operations.blind_index(
        context=ID_NUMBER, value=VALID, keyring=third
    )


def test_rotations_at_the_same_time_lose_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keyring(path)
    threads = [threading.Thread(target=rotate_keyring, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_keyring(path).data_keys) == list(range(1, 10))


def test_the_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rotate_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for mode in (0o640, 0o604, 0o660):
        os.chmod(path, mode)
        with pytest.raises(UnableToReadKeyring, match="其他账户也能读取"):
            read_keyring(path)


def test_an_existing_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_keyring(path)
    before = path.read_bytes()
    with pytest.raises(UnableToWriteKeyring, match="已经存在"):
        create_keyring(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 1, "data_keys": [], "index_key": {"suite": "SM4-GCM", "secret": "00"}}']
)
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(UnableToReadKeyring, match="备份恢复"):
        read_keyring(path)
    with pytest.raises(UnableToReadKeyring, match="没有找到"):
        read_keyring(tmp_path / "absent.json")


def test_keys_do_not_show_in_a_representation(ring: Keyring) -> None:
    shown = repr(ring)
    assert ring.newest.secret.hex() not in shown
    assert repr(ring.newest.secret) not in shown
    assert repr(ring.index_secret) not in shown


def test_settings_name_the_key_file_and_a_rotation_is_seen_at_once(tmp_path: Path, settings: object) -> None:
    path = tmp_path / "keys.json"
    settings.SEALING_KEY_FILE = path  # type: ignore[attr-defined]
    with pytest.raises(UnableToReadKeyring):
        operations.current_keyring()
    create_keyring(path)
    sealed = operations.seal(context=ID_NUMBER, row_id=7, value=VALID)
    rotate_keyring(path)
    assert operations.current_keyring().newest.key_id == 2
    assert operations.open_sealed(context=ID_NUMBER, row_id=7, sealed=memoryview(sealed)) == VALID
    path.chmod(0o644)
    with pytest.raises(UnableToReadKeyring):
        operations.current_keyring()


def _index(ring: Keyring, value: str, context: SealedColumn = ID_NUMBER) -> bytes:
    return operations.blind_index(context=context, value=value, keyring=ring)


def test_a_15_digit_number_is_found_by_its_18_digit_form(ring: Keyring) -> None:
    assert normal_id_number("110105491231002") == VALID
    assert _index(ring, "110105491231002") == _index(ring, VALID)


@pytest.mark.parametrize(
    "spelling",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105194912310　02ｘ",
    ],
)
def test_spellings_of_one_id_number_give_one_index(ring: Keyring, spelling: str) -> None:
    assert _index(ring, spelling) == _index(ring, VALID)
    assert _index(ring, "110105194912310021") != _index(ring, VALID)


@pytest.mark.parametrize(
    "spelling", ["+86 138 0000 1234", "0086-13800001234", "86 138-0000-1234", "１３８００００１２３４", "(138)00001234"]
)
def test_spellings_of_one_telephone_number_give_one_index(ring: Keyring, spelling: str) -> None:
    assert _index(ring, spelling, PHONE) == _index(ring, "13800001234", PHONE)


def test_bank_card_spacing_is_ignored(ring: Keyring) -> None:
    assert _index(ring, "6222 0000 0000 1234 567", BANK_CARD) == _index(ring, "6222000000001234567", BANK_CARD)


def test_one_number_in_two_columns_gives_unrelated_indexes(ring: Keyring) -> None:
    other = SealedColumn("casework_application", "id_number", ValueKind.ID_NUMBER)
    assert _index(ring, VALID) != _index(ring, VALID, other)


def test_columns_and_values_that_can_be_guessed_are_refused(ring: Keyring) -> None:
    with pytest.raises(UnableToIndex, match="只有少数几种取值"):
        _index(ring, "肢体二级残疾证明", HEALTH)
    with pytest.raises(UnableToIndex, match="只有少数几种取值"):
        bulk.blind_index_many(keyring=ring, context=HEALTH, values=["肢体二级残疾证明"])
    for value in ("", "  ", "1234"):
        with pytest.raises(UnableToIndex, match="少于"):
            _index(ring, value)
    with pytest.raises(UnableToIndex, match="后四位"):
        operations.last_four_index(context=ID_NUMBER, value=VALID, keyring=ring)
    with pytest.raises(UnableToIndex, match="完整的后四位"):
        operations.last_four_index(context=PHONE, value="12", keyring=ring)


def test_last_four_digits_find_a_telephone_number(ring: Keyring) -> None:
    whole = operations.last_four_index(context=PHONE, value="138 0000 1234", keyring=ring)
    assert whole == operations.last_four_index(context=PHONE, value="1234", keyring=ring)
    assert len(whole) == 2
    assert whole != operations.last_four_index(context=BANK_CARD, value="1234", keyring=ring)


@examples(deadline=None)
@given(st.integers(110000, 659999), st.dates(), st.integers(0, 999))
def test_check_characters_agree_with_stdnum(area: int, birth: object, sequence: int) -> None:
    seventeen = f"{area}{birth:%Y%m%d}{sequence:03d}".rjust(17, "0")
    assert id_check_character(seventeen) == ric.calc_check_digit(f"{seventeen}0")  # it drops the last character


def test_bulk_work_equals_single_work(ring: Keyring) -> None:
    rows = [(UUID(int=n), None if n % 7 == 3 else f"33010219{40 + n % 60}0101{n % 1000:03d}1") for n in range(500)]
    sealed = bulk.seal_many(
        keyring=ring, context=ID_NUMBER, row_ids=[row_id for row_id, _ in rows], values=[value for _, value in rows]
    )
    for (row_id, value), opaque in zip(rows, sealed, strict=True):
        assert (opaque is None) == (value is None)
        if opaque is not None:
            assert _open(ring, opaque, row_id) == value
    values = [value for _, value in rows]
    assert bulk.blind_index_many(keyring=ring, context=ID_NUMBER, values=values) == [
        None if value is None else _index(ring, value) for value in values
    ]
    phones = ["13800001234", None, "+86 139 0000 0001"]
    assert bulk.last_four_index_many(keyring=ring, context=PHONE, values=phones) == [
        None if p is None else operations.last_four_index(context=PHONE, value=p, keyring=ring) for p in phones
    ]
    nonces = {opaque[4:16] for opaque in sealed if opaque is not None}
    assert len(nonces) == sum(opaque is not None for opaque in sealed)


def test_another_process_seals_and_indexes_alike(ring: Keyring) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sealing = pool.submit(bulk.seal_many, keyring=ring, context=ID_NUMBER, row_ids=[LIN], values=[VALID])
        indexing = pool.submit(bulk.blind_index_many, keyring=ring, context=ID_NUMBER, values=[VALID])
        [sealed], [index] = sealing.result(timeout=60), indexing.result(timeout=60)
    assert sealed is not None
    assert (_open(ring, sealed), index) == (VALID, _index(ring, VALID))


def test_batches_come_in_order_and_long_values_may_be_mixed_in(ring: Keyring) -> None:
    address = SealedColumn("registry_person", "address", ValueKind.ADDRESS)
    rows = [(n, "采荷街道" * (n % 9)) for n in range(100)]
    batches = list(bulk.seal_in_batches(keyring=ring, context=address, rows=iter(rows), batch_rows=32))
    assert [len(batch) for batch in batches] == [32, 32, 32, 4]
    flat = [opaque for batch in batches for opaque in batch if opaque is not None]
    opened = [
        operations.open_sealed(context=address, row_id=n, sealed=opaque, keyring=ring) for n, opaque in enumerate(flat)
    ]
    assert opened == [value for _, value in rows]


def test_tokens_open_only_for_what_they_were_made_for() -> None:
    token = seal_token(secret="s", bound_to="registry.Person|name,id", text="林阿珍")
    assert open_token(secret="s", bound_to="registry.Person|name,id", token=token) == "林阿珍"
    for secret, bound_to, given_token in (
        ("t", "registry.Person|name,id", token),
        ("s", "registry.Person|id", token),
        ("s", "registry.Person|name,id", token[:-1]),
        ("s", "registry.Person|name,id", token[:20]),
    ):
        with pytest.raises(UnableToOpenToken):
            open_token(secret=secret, bound_to=bound_to, token=given_token)


def test_a_batch_that_would_not_open_is_not_released(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the self-check: a wrong cipher in the fast path is caught before anything is stored."""
    monkeypatch.setattr(bulk, "_encrypt", lambda key, nonces, plain, words: [text + bytes(16) for text in plain])
    with pytest.raises(bulk.UnableToSeal, match="自检不通过"):
        bulk.seal_many(keyring=ring, context=ID_NUMBER, row_ids=[1], values=[VALID])

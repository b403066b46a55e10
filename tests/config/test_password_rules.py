"""Passwords are long, of any kind of sign, not common, without words of this house, and never cut (ASVS 6.2)."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from minsheng.foundation.accounts.models import Account
from minsheng.foundation.entrance.passwords import NoBreached

SOURCE = Path(__file__).parents[2] / "src"
ACCOUNT = Account(username="jingban", display_name="沈佳")


@pytest.mark.parametrize("bad", ["short", "fourteen-signs", "password12345678"[:14]])
def test_short_ones_are_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(bad, ACCOUNT)


@pytest.mark.parametrize("good", ["only small letters", "一二三四五六七八九十甲乙丙丁戊", "x y" * 30, "1!aA" * 16])
def test_any_kind_of_sign_and_any_length_is_taken(good: str) -> None:
    validate_password(good, ACCOUNT)


@pytest.mark.parametrize(
    "bad",
    [
        "1q2w3e4r5t6y7u8i9o0p",  # in the list as it is
        "password123456789",
        "PassWord-1234567890",
        "iloveyou1234567890",
        "qwertyqwerty123456",
        "passwordpasswordpassword",
        "aaaaaaaaaaaaaaaaaaaa",
        "dragonmonkeysunshine",
    ],
)
def test_breached_ones_and_what_is_put_together_of_them_are_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(bad, ACCOUNT)


@pytest.mark.parametrize("good", ["correct horse battery staple", "三潭印月看桂花的那一年", "tf9!vQ2#xLm7$wRz"])
def test_control_words_that_have_nothing_to_do_with_each_other_are_taken(good: str) -> None:
    NoBreached().validate(good, ACCOUNT)


def test_an_operators_file_of_breaches_is_searched_by_halves(tmp_path: Path) -> None:
    words = [f"a long and honest sentence {n}" for n in range(1_000)]
    hashes = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words)
    file = tmp_path / "pwned.txt"
    file.write_text("".join(f"{one}:{n}\r\n" for n, one in enumerate(hashes)))
    validator = NoBreached(file=str(file))
    for word in words:
        with pytest.raises(ValidationError, match="泄露过"):
            validator.validate(word, ACCOUNT)
    for n in range(1_000, 1_300):
        validator.validate(f"a long and honest sentence {n}", ACCOUNT)  # the control
    with pytest.raises(OSError, match="No such file"):
        NoBreached(file=str(tmp_path / "gone.txt")).validate("a long and honest sentence", ACCOUNT)


def test_nothing_is_cut_or_folded() -> None:
    long = "Aa一 " * 40
    stored = make_password(long)
    assert check_password(long, stored)
    assert not check_password(long[:-1], stored)
    assert not check_password(long.lower(), stored)
    assert not check_password(long.strip(), stored), "a blank at the end is part of it"


def test_none_grows_old_and_there_are_no_questions_or_hints() -> None:
    names = [one["NAME"] for one in settings.AUTH_PASSWORD_VALIDATORS]
    assert not any(re.search(r"Expir|History|Composition|Numeric|Upper", name) for name in names)
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("templates/**/*.html"))
    assert not re.search(r"密保问题|安全问题|密码提示|母亲的姓名", text)


def test_password_fields_hide_and_let_paste() -> None:
    from minsheng.foundation.entrance.pages import forms

    code = Path(str(forms.__file__)).read_text(encoding="utf-8")
    assert "PasswordInput" in code
    for path in [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("static/**/*.js")]:
        if "vendor" not in path.parts:
            assert not re.search(r"onpaste|\"paste\"|'paste'", path.read_text(encoding="utf-8")), path.name

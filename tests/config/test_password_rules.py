"""Passwords are long, of any kind of sign, not common, without words of this house, and never cut (ASVS 6.2)."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from minsheng.foundation.accounts.models import Account

SOURCE = Path(__file__).parents[2] / "src"
ACCOUNT = Account(username="jingban", display_name="沈佳")


@pytest.mark.parametrize("bad", ["short", "fourteen-signs", "password12345678"[:14]])
def test_short_ones_are_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(bad, ACCOUNT)


@pytest.mark.parametrize("good", ["only small letters", "一二三四五六七八九十甲乙丙丁戊", "x y" * 30, "1!aA" * 16])
def test_any_kind_of_sign_and_any_length_is_taken(good: str) -> None:
    validate_password(good, ACCOUNT)


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

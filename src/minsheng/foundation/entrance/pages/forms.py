from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ConfirmByCode
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password

from minsheng.foundation.entrance import operations

TOO_COMMON = "这个密码太常见，别人一猜就中。请换一句只有您想得到的话。"
TOO_WEAK = {"password_too_short": "太短了，至少要 15 个字。", "password_too_common": TOO_COMMON} | {
    "password_house_words": "单位、地名、系统名和自己的名字，别人一猜就中。请再加几个只有您想得到的词。"
}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class SignInForm(LoginForm):  # type: ignore[misc]
    """Sign-in name and password; the same answer for an unknown name and a wrong password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "登录名"
        self.fields["password"].label = "密码"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = f"请输入{field.label}。"
        self.fields["login"].widget.attrs["autofocus"] = True

    def add_prefix(self, field_name: str) -> str:
        # Browsers and password keepers know the name `username`; allauth's own is `login`.
        return str(super().add_prefix("username" if field_name == "login" else field_name))


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more, by somebody who has no second factor yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "密码"
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)


class _Code(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = "验证码"
        field.help_text = "手机验证器上的 6 位数字；手机不在身边，输一个备用码（8 位，用一次少一个）。"
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs.update(CODE)
        field.error_messages["required"] = "请输入验证码。"


class _CodeOnce(_Code, BaseAuthenticateForm):  # type: ignore[misc]
    """A code of the generator opens once."""

    def clean_code(self) -> str:
        code = str(super().clean_code())
        factor = self.authenticator
        if factor.type == Authenticator.Type.TOTP and not operations.use_code(
            factor=factor, code=normalize_user_code(code)
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(_CodeOnce, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class ConfirmForm(_CodeOnce, ConfirmByCode):  # type: ignore[misc]
    """The code before a sensitive act."""


class NewGeneratorForm(_Code, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new generator: it proves that the phone has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "扫好以后，手机上会出现 6 位数字，30 秒一换。"


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey: the device checks fingerprint, face or PIN, so it opens the door alone."""

    passwordless = forms.BooleanField(widget=forms.HiddenInput, required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "起个名字"
        self.fields["name"].help_text = "以后认得出是哪台设备，例如：办公室电脑。"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        return cleaned | {"passwordless": True}


class OwnPasswordForm(forms.Form):
    """A password of one's own, typed once: the browser shows it when asked, so a second box proves nothing."""

    password = forms.CharField(
        label="新密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text="至少 15 个字，可以是一句只有您记得的话；不用混大小写，不用定期换。",
        error_messages={"required": "请输入新密码。"},
    )

    current = forms.CharField(
        label="现在的密码",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        error_messages={"required": "请输入现在的密码。"},
    )
    field_order = ("current", "password")

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if account.password_initial:  # it has just been typed, to come in
            del self.fields["current"]

    def clean_current(self) -> str:
        typed: str = self.cleaned_data["current"]
        if not self.account.check_password(typed):
            raise forms.ValidationError("现在的密码不对。")
        return typed

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        try:
            validate_password(typed, self.account)
        except forms.ValidationError as refusal:
            raise forms.ValidationError(
                [TOO_WEAK.get(one.code or "", TOO_COMMON) for one in refusal.error_list]
            ) from None
        if self.account.check_password(typed):
            raise forms.ValidationError("这就是现在的密码。请换一个新的。")
        return typed

from typing import Any

from django import forms

from minsheng.foundation.access import queries as access
from minsheng.foundation.access.types import ProtectionLevel

INDENT = "　"


class OpenAccountForm(forms.Form):
    """One person, one account."""

    name = forms.CharField(label="姓名", max_length=40)
    holder = forms.CharField(
        label="工号", max_length=40, help_text="一个人只有一个工号。提出、批准、经手都按它区分是不是同一个人。"
    )
    username = forms.RegexField(
        label="登录名",
        regex=r"^[a-z][a-z0-9._-]{1,39}$",
        help_text="小写字母开头，可以有数字、点和横线，例如 zhoumin。",
        error_messages={"invalid": "登录名用小写字母开头，后面是小写字母、数字、点或横线。"},
    )


class GrantForm(forms.Form):
    """A role for an account, over one area, for some time, with the reason."""

    account_id = forms.TypedChoiceField(label="给谁", coerce=int)
    role = forms.ChoiceField(label="岗位")
    area_id = forms.TypedChoiceField(label="管哪里", coerce=int)
    clearance = forms.TypedChoiceField(
        label="能看到哪一级的人",
        coerce=lambda level: ProtectionLevel(int(level)),
        initial=ProtectionLevel.ORDINARY.value,
        required=False,
        empty_value=ProtectionLevel.ORDINARY,  # type: ignore[arg-type]  # not chosen is the least
        choices=[
            (ProtectionLevel.ORDINARY.value, "普通：看不到敏感和重点保护的人"),
            (ProtectionLevel.SENSITIVE.value, "敏感：看不到重点保护的人"),
            (ProtectionLevel.PROTECTED.value, "重点保护：都能看到"),
        ],
    )
    valid_from = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(
        label="到哪天为止",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不写就一直有效，每年复核一次。",
    )
    reason = forms.CharField(label="理由", max_length=200, help_text="写明依据，例如任命文号。")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "account_id": people,
            "role": [(r.code, r.label) for r in access.role_definitions().values() if r.code != "system"],
            "area_id": [(str(a.id), INDENT * a.depth + a.name) for a in access.areas_to_choose()],
        }
        for name, options in choices.items():
            self.fields[name].choices = [("", "请选择"), *options]  # type: ignore[attr-defined]
        self.fields["clearance"].help_text = f"够用就好。{_reaches()}"


def _reaches() -> str:
    """How far each role may be let, from the table of roles."""
    roles = [r for r in access.role_definitions().values() if r.code != "system"]
    parts = [
        f"最多到{level.label}：{'、'.join(r.label for r in roles if r.clearance is level and not r.whole)}"
        for level in (ProtectionLevel.SENSITIVE, ProtectionLevel.PROTECTED)
    ]
    parts.append(
        f"要把全区的账做全，一律到{ProtectionLevel.PROTECTED.label}：{'、'.join(r.label for r in roles if r.whole)}"
    )
    return "；".join(parts) + "。其余只到普通。"


class GlassForm(forms.Form):
    """Where, and what has happened."""

    area_id = forms.TypedChoiceField(label="要看哪里的资料", coerce=int)
    reason = forms.CharField(
        label="出了什么急事，要看谁",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清楚，至少 10 个字。复核的人和审计都会看到。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = [(str(a.id), INDENT * a.depth + a.name) for a in access.areas_to_choose()]
        self.fields["area_id"].choices = [("", "请选择"), *areas]  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """What a second person found."""

    justified = forms.TypedChoiceField(
        label="有没有必要",
        coerce=lambda value: value == "yes",
        choices=[("yes", "有必要，看的也是该看的人"), ("no", "没有必要，或者看了不该看的")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="复核意见", max_length=200, help_text="写一句，至少 4 个字。")

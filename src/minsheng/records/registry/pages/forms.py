"""What is asked when people and facts are recorded; the operations judge, these only read."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from minsheng.records.registry.types import IdKind, LabelReason, PersonLabel, ProtectionLevel, Sex, SubjectKind
from minsheng.records.registry.vocabulary import ATTRIBUTES, HAND_SOURCES, SOURCES, Attribute, ValueType

NOT_SAID = ("", "请选择")
RECORDABLE = tuple(
    a
    for a in ATTRIBUTES.values()
    if a.subject is SubjectKind.PERSON and a.name not in ("dead", "relation", "sex", "birth_date", "hukou_division")
)


class DayInput(forms.DateInput):
    """A day as the browser asks for it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


class NewPersonForm(forms.Form):
    """Who is to be registered. A certificate is not a condition."""

    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "请填姓名。"})
    id_kind = forms.ChoiceField(
        label="证件种类", choices=[(k.value, k.label) for k in IdKind], initial=IdKind.RESIDENT_ID.value
    )
    id_number = forms.CharField(
        label="证件号", max_length=40, required=False, help_text="没有证件也可以登记，证件种类选“没有证件”。"
    )
    sex = forms.ChoiceField(
        label="性别",
        required=False,
        choices=[NOT_SAID, *((s.value, s.label) for s in Sex)],
        help_text="空着就按身份证号。",
    )
    birth_date = forms.DateField(label="出生日期", required=False, widget=DayInput(), help_text="空着就按身份证号。")
    phone = forms.CharField(label="电话", max_length=30, required=False)
    area = forms.TypedChoiceField(label="所在社区", coerce=int, error_messages={"required": "请选社区。"})
    source = forms.ChoiceField(
        label="谁说的", choices=[(s, SOURCES[s].label) for s in HAND_SOURCES], initial="self_report"
    )

    def __init__(self, *args: Any, areas: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = areas if len(areas) == 1 else [NOT_SAID, *areas]


class FactForm(forms.Form):
    """One fact of a person; the value's field depends on the attribute."""

    source = forms.ChoiceField(label="谁说的", choices=[(s, SOURCES[s].label) for s in HAND_SOURCES])
    valid_from = forms.DateField(label="从哪一天起是这样", widget=DayInput(), error_messages={"required": "请填日期。"})

    def __init__(self, *args: Any, attribute: Attribute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attribute = attribute
        self.fields["value"] = _value_field(attribute)
        self.order_fields(["value", "source", "valid_from"])

    def stated(self) -> bool | int | str | date | None:
        """This function will return the value as the operations take it: fen for money, None for 不详."""
        value = self.cleaned_data["value"]
        if value in (None, "", "unknown"):
            return None
        if self.attribute.type is ValueType.BOOL:
            return bool(value == "yes")
        if self.attribute.type is ValueType.MONEY:
            return int((Decimal(value) * 100).to_integral_value())
        result: bool | int | str | date = value
        return result


class MoneyField(forms.CharField):
    """An amount in yuan with at most two decimals; thousands may be written."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).replace(",", "").replace("，", "").strip()
        if not text:
            return ""
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError("请填数字，例如 1,200.50。") from None
        if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
            raise forms.ValidationError("金额最多两位小数。")
        return amount


def _value_field(attribute: Attribute) -> forms.Field:
    unknown = ("unknown", "不详（这个来源说不清）")
    if attribute.type is ValueType.BOOL:
        choices: list[tuple[str, str]] = [("yes", "是"), ("no", "否"), unknown]
        return forms.ChoiceField(
            label=attribute.label, choices=choices, widget=forms.RadioSelect, error_messages={"required": "请选一项。"}
        )
    if attribute.type is ValueType.CODE:
        return forms.ChoiceField(
            label=attribute.label,
            choices=[NOT_SAID, *attribute.codes.items(), unknown],
            error_messages={"required": "请选一项。"},
        )
    if attribute.type is ValueType.MONEY:
        return MoneyField(
            label=f"{attribute.label}，元", help_text="空着表示这个来源说不清；没有请填 0。", required=False
        )
    if attribute.type is ValueType.INT:
        return forms.IntegerField(label=attribute.label, required=False, help_text="空着表示这个来源说不清。")
    return forms.DateField(label=attribute.label, widget=DayInput(), required=False)


class DeathForm(forms.Form):
    """When somebody died, and who says so."""

    death_date = forms.DateField(label="去世日期", widget=DayInput(), error_messages={"required": "请填去世日期。"})
    source = forms.ChoiceField(
        label="凭什么登记", choices=[("police", "公安死亡注销"), ("health", "卫健死亡证明"), ("visit", "社区走访核实")]
    )


class MergeForm(forms.Form):
    """Which other record is the same person, and how one knows."""

    other = forms.IntegerField(label="另一条记录的编号", error_messages={"required": "请填另一条记录的编号。"})
    reason = forms.CharField(
        label="凭什么认定是同一人",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：当面核对过户口簿。",
    )


class LabelForm(forms.Form):
    """Another protection level, with the reason; offered are the levels that the viewer's clearance reaches."""

    level = forms.TypedChoiceField(
        label="调到哪一级",
        coerce=lambda level: ProtectionLevel(int(level)),
        error_messages={"required": "请选一级。"},
    )
    reason = forms.TypedChoiceField(
        label="为什么",
        coerce=LabelReason,
        choices=[
            NOT_SAID,
            ("调高", [(r.value, r.label) for r in LabelReason if not r.lowers]),
            ("调低", [(r.value, r.label) for r in LabelReason if r.lowers]),
        ],
        error_messages={"required": "请选原因。"},
    )
    note = forms.CharField(
        label="说明",
        max_length=200,
        help_text="凭什么文书、谁提出的，例如：人身安全保护令（2026）浙0102民保令3号。",
        error_messages={"required": "请写一句说明。"},
    )

    def __init__(self, *args: Any, label: PersonLabel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["level"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            NOT_SAID,
            *(
                (str(one.value), f"{one.label}（{'马上生效' if one > label.level else '要另一个人同意'}）")
                for one in ProtectionLevel
                if one <= label.reach and one != label.level
            ),
        ]

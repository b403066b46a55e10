import json
from datetime import date
from typing import Any

from django import forms

from minsheng.insight.exchange.operations import NewPartner
from minsheng.insight.exchange.types import Attribute, EventCode, QueryType

_DATE = {"type": "date"}


class PartnerForm(forms.Form):
    """An agreement, as the paper has it."""

    title = forms.CharField(label="单位名称", max_length=40, help_text="居民在“谁看过我家的资料”里看到的名字。")
    sender_id = forms.SlugField(
        label="系统编号",
        max_length=31,
        help_text="对方系统在消息里写明自己是谁的编号：字母、数字、点和短横，例如 housing.sc。",
    )
    purpose = forms.CharField(label="用途", max_length=30, help_text="写进每一次查看的留痕，例如：公租房资格核验。")
    legal_basis = forms.CharField(label="法律依据", max_length=200, help_text="法规名称和条款，以及协议文号。")
    areas = forms.MultipleChoiceField(label="哪些地方的人", widget=forms.CheckboxSelectMultiple)
    attributes = forms.MultipleChoiceField(
        label="可以知道什么",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(a.value, a.label) for a in Attribute],
        help_text="没有勾选的，不给，或者只给遮盖过的。能知道的，才能拿来做查询条件。",
    )
    query_types = forms.MultipleChoiceField(
        label="可以怎么问", widget=forms.CheckboxSelectMultiple, choices=[(q.value, q.label) for q in QueryType]
    )
    events = forms.MultipleChoiceField(
        label="可以订阅什么",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(e.value, e.label) for e in EventCode],
    )
    smallest_answer = forms.IntegerField(
        label="按条件查询，最少几条才答",
        min_value=1,
        max_value=100,
        initial=5,
        help_text="少于这个数一律不答，免得对上个人。",
    )
    callback_url = forms.CharField(
        label="回信地址", max_length=300, required=False, help_text="https 开头。不填就只能当场问答，不能订阅。"
    )
    valid_from = forms.DateField(label="从哪天起", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label="到哪天止", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"), help_text="这一天起不再答复。"
    )
    jwk = forms.CharField(
        label="对方的公钥",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="JWK 格式，带 kid。私钥对方自己留着，谁要都不给。",
    )

    def __init__(self, *args: Any, areas: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["areas"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = areas
        self.fields["valid_from"].initial = today
        self.fields["sender_id"].validators = []
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"

    def clean_sender_id(self) -> str:
        """This method will refuse what cannot stand in a message and in an account's name."""
        text = str(self.cleaned_data["sender_id"])
        if not text.isascii() or not all(c.isalnum() or c in ".-_" for c in text):
            raise forms.ValidationError("系统编号只能用字母、数字、点和短横。")
        return text

    def clean_jwk(self) -> dict[str, Any]:
        """This method will read the key as JSON."""
        try:
            found = json.loads(self.cleaned_data["jwk"])
        except ValueError as error:
            raise forms.ValidationError('公钥要写成 JSON，例如 {"kty": "OKP", …}。') from error
        if not isinstance(found, dict):
            raise forms.ValidationError("公钥要写成一个 JSON 对象。")
        return found

    def agreement(self) -> NewPartner:
        """This method will return what was typed as an agreement."""
        given = self.cleaned_data
        return NewPartner(
            sender_id=given["sender_id"],
            title=given["title"],
            purpose=given["purpose"],
            legal_basis=given["legal_basis"],
            areas=tuple(given["areas"]),
            attributes=tuple(given["attributes"]),
            query_types=tuple(given["query_types"]),
            events=tuple(given["events"]),
            callback_url=given["callback_url"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            jwk=given["jwk"],
            smallest_answer=given["smallest_answer"],
        )

"""Who acts for the applicant: the form asks one identity, a basis, a scope and a last day."""

from datetime import timedelta

from django import forms

from minsheng.records.registry.pages.forms import DayInput
from minsheng.work.casework.pages.forms import ActForm
from minsheng.work.casework.types import ProxyBasis, ProxyScope


class ProxyForm(ActForm):
    """A member of the family, a member of staff, or somebody whose identity document was seen."""

    person_id = forms.TypedChoiceField(label="家里的哪一位", coerce=int, required=False, empty_value=None)
    name = forms.CharField(label="或者：不是这一家的，姓名", max_length=60, required=False)
    id_number = forms.CharField(
        label="身份证号",
        max_length=20,
        required=False,
        help_text="看过原件再填，加密保存，页面上不显示。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    username = forms.CharField(
        label="或者：村（社区）代办的工作人员，登录名",
        max_length=40,
        required=False,
        help_text="代办过的人，不能再办这一件的受理、调查、意见和决定。",
    )
    basis = forms.ChoiceField(label="依据", choices=[(b.value, b.label) for b in ProxyBasis])
    relation = forms.CharField(
        label="和申请人的关系", max_length=60, error_messages={"required": "请写和申请人是什么关系。"}
    )
    paper = forms.CharField(
        label="依据的材料",
        max_length=200,
        help_text="监护证明、委托书的日期；社区代办的，写本人怎样同意的。",
        error_messages={"required": "请写依据的材料。"},
    )
    scope = forms.MultipleChoiceField(
        label="可以代办什么",
        choices=[(s.value, s.label) for s in ProxyScope],
        widget=forms.CheckboxSelectMultiple,
        initial=[ProxyScope.APPLY.value, ProxyScope.RECEIVE.value],
        error_messages={"required": "请至少选一样。"},
    )
    valid_to = forms.DateField(label="代办到哪一天", widget=DayInput())

    def prepare(self) -> None:
        """This method will offer the family without the applicant, and half a year."""
        others = [(number, name) for number, name, _ in self.file.members if number != self.file.applicant_id]
        self.fields["person_id"].choices = [("", "不是家里人"), *others]  # type: ignore[attr-defined]
        self.fields["valid_to"].initial = self.today + timedelta(days=183)

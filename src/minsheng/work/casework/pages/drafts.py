"""The application as one dense form for staff: a field for each fact that may be corrected."""

from typing import Any

from django import forms

from minsheng.records.registry.pages.forms import DayInput, MoneyField
from minsheng.records.registry.vocabulary import Attribute, ValueType
from minsheng.work.casework.queries.case import CaseFile

NOT_SAID = ("", "与登记一致")


class DraftForm(forms.Form):
    """The dense form: a field for each fact that may be corrected; empty means as registered."""

    def __init__(self, *args: Any, file: CaseFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds: dict[str, Attribute | None] = {}
        for block in file.form:
            for cell in block.cells:
                self.kinds[cell.key] = cell.attribute
                self.fields[cell.key] = _field_of(cell.attribute, cell.field.label)
                self.fields[cell.key].initial = _initial(cell.attribute, cell.raw)

    def answers(self) -> dict[str, Any]:
        """This function will return the corrections as the operation takes them: fen for money, None for none."""
        found: dict[str, Any] = {}
        for key, attribute in self.kinds.items():
            value = self.cleaned_data.get(key)
            if value in (None, ""):
                found[key] = None
            elif attribute is not None and attribute.type is ValueType.BOOL:
                found[key] = value == "yes"
            elif attribute is not None and attribute.type is ValueType.MONEY:
                found[key] = int((value * 100).to_integral_value())
            else:
                found[key] = value
        return found


def _field_of(attribute: Attribute | None, label: str) -> forms.Field:
    if attribute is None:
        return forms.CharField(label=label, max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    if attribute.type is ValueType.BOOL:
        return forms.ChoiceField(label=label, required=False, choices=[NOT_SAID, ("yes", "是"), ("no", "否")])
    if attribute.type is ValueType.CODE:
        return forms.ChoiceField(label=label, required=False, choices=[NOT_SAID, *attribute.codes.items()])
    if attribute.type is ValueType.MONEY:
        return MoneyField(label=label, required=False)
    if attribute.type is ValueType.DATE:
        return forms.DateField(label=label, required=False, widget=DayInput())
    return forms.IntegerField(label=label, required=False, min_value=0)


def _initial(attribute: Attribute | None, raw: Any) -> Any:
    if raw is None or attribute is None:
        return raw
    if attribute.type is ValueType.BOOL:
        return "yes" if raw else "no"
    if attribute.type is ValueType.MONEY:
        return f"{raw // 100}.{raw % 100:02d}"
    return raw

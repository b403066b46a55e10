from typing import Any

from django import forms

from minsheng.work.eligibility.publishing.queries import FigureForm, PublicationLine

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EXTRA_BANDS = 2


class HeaderForm(forms.Form):
    """What a change is called, from which day it holds, why, and on what grounds it may reach back."""

    title = forms.CharField(label="这项改动叫什么", max_length=80, help_text="例如：2027年提高低保标准。")
    in_force_date = forms.DateField(
        label="从哪天起生效", widget=DAY, help_text="补助按月发放：生效日是1日的从当月算，其他日子从下个月算。"
    )
    reason = forms.CharField(label="为什么改", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    backdating_basis = forms.CharField(
        label="追溯的依据",
        max_length=400,
        required=False,
        help_text="生效日已经过去时才填：哪个文件第几条要求追溯。没有依据不能倒签。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"


class VersionForm(HeaderForm):
    """A new version of one figure or table, with the change it belongs to."""

    def __init__(self, *args: Any, figure: FigureForm, drafts: list[PublicationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figure, self.drafts = figure, drafts
        header = ["title", "in_force_date", "reason", "backdating_basis"]
        if figure.is_table:
            bands = [*figure.rows, *([] if figure.by_code else [("", "", "")] * EXTRA_BANDS)]
            for place, (label, edge, value) in enumerate(bands):
                if not figure.by_code:
                    self.fields[f"edge_{place}"] = forms.CharField(required=False, initial=edge, label="起点")
                self.fields[f"value_{place}"] = forms.CharField(
                    required=figure.by_code, initial=value, label=label or "数值"
                )
            self.places = range(len(bands))
        else:
            self.fields["value"] = forms.CharField(
                label=f"新的数（{figure.unit}）",
                initial=figure.value,
                help_text=f"现在是 {figure.value} {figure.unit}。",
            )
            self.places = range(0)
        self.fields["basis"] = forms.CharField(
            label="出处（文号和条款）",
            max_length=400,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="每个数都要有出处，没有出处不能提交。",
        )
        self.fields["doubt"] = forms.CharField(
            label="疑点",
            max_length=200,
            required=False,
            help_text="还没有核实的，写明哪里没核实。它会标成“演示参数”，在每份说明里都看得到。",
        )
        if drafts:
            choices = [("", "单独起草一项改动"), *((str(d.id), f"加进“{d.title}”") for d in drafts)]
            self.fields["publication"] = forms.ChoiceField(label="放在哪项改动里", choices=choices, required=False)
            if self.data.get("publication"):
                for name in header:
                    self.fields[name].required = False
        own = [name for name in self.fields if name not in header and name != "publication"]
        self.order_fields([*own, "publication", *header])
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"

    def own_fields(self) -> list[forms.BoundField]:
        """This method will return the fields of the figure itself, without the rows of a table."""
        names = ["value", "basis", "doubt"] if not self.figure.is_table else ["basis", "doubt"]
        return [self[name] for name in names]

    def header_fields(self) -> list[forms.BoundField]:
        """This method will return the fields of the change it belongs to."""
        return [self[name] for name in ("title", "in_force_date", "reason", "backdating_basis")]

    def table_rows(self) -> list[tuple[str, forms.BoundField | None, forms.BoundField]]:
        """This method will return the rows of a table: what it is for, where it begins, its value."""
        labels = [label for label, _, _ in self.figure.rows] + [""] * EXTRA_BANDS
        return [
            (labels[place], None if self.figure.by_code else self[f"edge_{place}"], self[f"value_{place}"])
            for place in self.places
        ]


class BudgetForm(forms.Form):
    """What one scheme may cost in one year, with the document that says so."""

    scheme = forms.ChoiceField(label="政策")
    year = forms.IntegerField(label="年份", min_value=2016, max_value=2100)
    amount = forms.CharField(label="全年预算（元）")
    source = forms.CharField(label="依据", max_length=200, help_text="批复或下达预算的文号。")
    spent = forms.CharField(label="已经支出（元）", required=False)
    spent_until = forms.DateField(
        label="支出算到哪天之前", widget=DAY, required=False, help_text="例如已付到10月，填11月1日。"
    )

    def __init__(self, *args: Any, schemes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["scheme"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = schemes
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"

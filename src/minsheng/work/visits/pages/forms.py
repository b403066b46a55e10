from typing import Any

from django import forms

from minsheng.work.visits.types import RESULTS, Way

RESULT_WORDS = {
    "fine": "见到了，都好",
    "needs_help": "见到了，要帮（请在下面写明要帮什么）",
    "not_met": "没见到人",
    "moved": "搬走了",
    "refused": "不愿意见、不要再来",
}


class ResultForm(forms.Form):
    """What came of a visit: three fields."""

    result = forms.ChoiceField(
        label="结果",
        choices=[(act.value, RESULT_WORDS[act.value]) for act in RESULTS],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个结果。"},
    )
    way = forms.ChoiceField(
        label="怎么去的",
        choices=[(way.value, way.label) for way in Way],
        widget=forms.RadioSelect,
        error_messages={"required": "请选上门还是打电话。"},
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="身体、心情、用气用电、谁照顾。加密保存，只给接手的人看。",
    )


class HelpForm(forms.Form):
    """What was done for somebody who needed help."""

    outcome = forms.CharField(
        label="怎么帮的、转给了谁",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明怎么帮的、转给了谁。"},
    )


class RefusalForm(forms.Form):
    """Until when a household wishes to be left alone."""

    until_date = forms.DateField(
        label="到哪天为止不再上门",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写到哪天为止。", "invalid": "日期请写成 2026-11-03 的样子。"},
    )


class HandOverForm(forms.Form):
    """Who goes instead."""

    username = forms.CharField(
        label="接手人的登录名",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写接手人的登录名。"},
    )
    note = forms.CharField(label="交代的话", required=False, max_length=200)


class SignalForm(forms.Form):
    """What somebody saw or was told of a household."""

    kind = forms.ChoiceField(label="是什么情况", widget=forms.Select, error_messages={"required": "请选是什么情况。"})
    happened_date = forms.DateField(
        label="哪天发生的",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写哪天发生的。", "invalid": "日期请写成 2026-11-03 的样子。"},
    )
    source = forms.ChoiceField(label="谁反映的", widget=forms.Select, error_messages={"required": "请选谁反映的。"})
    value = forms.DecimalField(
        label="多少",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text="支出写元，欠费、拖欠写月数，收入减少写百分之几。不知道就空着，不要写 0。",
        error_messages={"invalid": "请写数字；不知道就空着。"},
    )

    def __init__(self, *given: Any, kinds: list[tuple[str, str]], sources: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["kind"].choices = [("", "请选择"), *kinds]  # type: ignore[attr-defined]
        self.fields["source"].choices = [("", "请选择"), *sources]  # type: ignore[attr-defined]


class RhythmForm(forms.Form):
    """For each star: how soon the first visit, and how often then."""

    area = forms.ChoiceField(label="哪里", widget=forms.Select, error_messages={"required": "请选区或街道。"})
    valid_from = forms.DateField(
        label="从哪天起",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写从哪天起。", "invalid": "日期请写成 2026-11-03 的样子。"},
    )
    basis = forms.CharField(label="依据", max_length=200, error_messages={"required": "请写明依据。"})

    def __init__(self, *given: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["area"].choices = places  # type: ignore[attr-defined]
        for star in (5, 4, 3, 2, 1):
            for name, label in (("first", "首次几天内"), ("every", "以后每几天")):
                self.fields[f"{name}_{star}"] = forms.IntegerField(
                    label=f"{star} 星：{label}",
                    min_value=1,
                    max_value=366,
                    error_messages={"required": f"请填写 {star} 星{label}。", "invalid": "请写整数天数。"},
                )

    def days(self) -> dict[int, tuple[int, int]]:
        """This method will return what was typed, by star."""
        given = self.cleaned_data
        return {star: (given[f"first_{star}"], given[f"every_{star}"]) for star in (5, 4, 3, 2, 1)}

    def ladder(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """This method will return the fields by star, for a table."""
        return [(star, self[f"first_{star}"], self[f"every_{star}"]) for star in (5, 4, 3, 2, 1)]

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

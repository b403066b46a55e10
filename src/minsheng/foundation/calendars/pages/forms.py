from django import forms


class YearForm(forms.Form):
    """One year's announcement: which year, on what grounds, and its days as text."""

    year = forms.IntegerField(
        label="年份",
        min_value=2000,
        max_value=2100,
        error_messages={
            "required": "请填写年份，如 2027。",
            "invalid": "年份请填四位数字，如 2027。",
            "min_value": "年份不能早于 2000 年。",
            "max_value": "年份不能晚于 2100 年。",
        },
    )
    source = forms.CharField(
        label="依据的通知",
        max_length=200,
        help_text="写明名称和文号，如：国务院办公厅关于2027年部分节假日安排的通知，国办发明电〔2026〕×号。",
        error_messages={"required": "请写明依据的通知名称和文号。", "max_length": "通知名称请不要超过 200 字。"},
    )
    text = forms.CharField(
        label="放假和调休上班的日子",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text="可以直接粘贴通知正文；也可以一天一行，如：2027-01-01 放假 元旦。文中写了星期的会自动核对。",
        error_messages={"required": "请粘贴通知正文，或一天一行填写。"},
    )

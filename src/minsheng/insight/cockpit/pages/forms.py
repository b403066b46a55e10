from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from minsheng.foundation.files.attachments import PAPER_BYTES, PHOTO_BYTES
from minsheng.foundation.files.limits import megabytes
from minsheng.insight.cockpit.queries.links import choices_of_indicators
from minsheng.insight.cockpit.types import Grade, Indicator, Sent, Side, Stage

_MOST = Decimal(10) ** 15


def _day(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请写成 2026-11-03 的样子。", "required": "请选日期。"},
    )


def _words(label: str, *, limit: int, help_text: str = "", required: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(required),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": required},
    )


class EvidenceForm(forms.Form):
    """The two ways of proving what is stated: a document's number, or the paper itself; the operation wants one."""

    def ask_for_evidence(self) -> None:
        """This method will add the two fields at the end of the form."""
        self.fields["document_number"] = forms.CharField(
            label="文号或台账编号",
            required=False,
            max_length=100,
            help_text="文号、台账编号和依据文件，至少给一样，复核的人才找得到原件。",
        )
        self.fields["file"] = forms.FileField(
            label="依据文件",
            required=False,
            help_text=f"JPEG、PNG 照片最多 {megabytes(PHOTO_BYTES)}，PDF 最多 {megabytes(PAPER_BYTES)}。"
            "照片里的拍摄地点等附带信息会去掉。",
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
            error_messages={"empty": "这个文件是空的。"},
        )

    def sent(self) -> Sent | None:
        """This method will return the file that was sent, or None."""
        file = self.cleaned_data.get("file")
        return Sent(file.name, file.read()) if file else None


class EntryForm(EvidenceForm):
    """What an owner states of an indicator; only the sides that the platform does not count are asked for."""

    def __init__(self, *args: Any, indicator: Indicator, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = forms.ChoiceField(label="哪里的数", choices=places)
        self.fields["as_of"] = _day("截至哪一天", required=True, help_text=f"口径：{indicator.as_of}")
        self._side("numerator", indicator.numerator, "分子" if indicator.denominator else "数", indicator)
        if indicator.denominator is not None and not indicator.denominator.constant:
            self._side("denominator", indicator.denominator, "分母", indicator)
        self.fields["evidence"] = _words(
            "依据",
            limit=300,
            required="请写明依据，复核的人要照着核对。",
            help_text="例如：2025 年末台账第 3 页；统计公报第 12 页的表。",
        )
        self.ask_for_evidence()

    def _side(self, name: str, side: Side, word: str, indicator: Indicator) -> None:
        label = side.entered or "系统会自己算"
        self.fields[name] = forms.DecimalField(
            label=f"{word}：{label}",
            required=not side.is_live,
            min_value=Decimal(0),
            max_value=_MOST,
            decimal_places=4,
            help_text="空着就由系统按截至日期算；那一天系统没有数据时才要填。" if side.is_live else "",
            error_messages={"required": "不知道就先不报，不要填 0。", "invalid": "请填数字。"},
        )


class SendBackForm(forms.Form):
    """Why an entry is sent back."""

    reason = _words("为什么退回", limit=200, required="请写明为什么退回，对方才知道怎么改。")


class PlanForm(forms.Form):
    """A plan to be taken in."""

    file = forms.FileField(
        label="规划文件",
        help_text=".docx、.xlsx、.csv 或 .txt。扫描的图片要先识别成文字。",
        error_messages={"required": "请选一个文件。", "empty": "这个文件是空的。"},
    )
    source_note = _words(
        "从哪里来",
        limit=300,
        required="请写明规划从哪里来。",
        help_text="例如：某某政府网站公开文本，2026-11-03 下载；文号。",
    )


class CorrectionForm(forms.Form):
    """What a statement should say."""

    label = forms.CharField(label="说的是什么", max_length=200, error_messages={"required": "请写明说的是什么。"})
    unit = forms.CharField(label="单位", max_length=20, required=False)

    def __init__(self, *args: Any, values: tuple[Any, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, value in enumerate(values):
            role = "目标" if value["role"] == "target" else "数"
            self.fields[f"year_{place}"] = forms.IntegerField(
                label=f"第 {place + 1} 个数：哪一年", required=False, min_value=1949, max_value=2100
            )
            self.fields[f"value_{place}"] = forms.CharField(
                label=f"第 {place + 1} 个{role}", required=False, max_length=30, help_text="没有数就空着。"
            )
        self.count = len(values)
        self.fields["set_aside"] = forms.BooleanField(
            label="这一条不作数（不是指标，或者原文写错而又没有正确的数）", required=False
        )
        self.fields["reason"] = _words("为什么改", limit=300, required="请写明为什么改，以后的人看得懂。")

    def values(self) -> tuple[tuple[int | None, str], ...]:
        """This method will return year and value of each place."""
        given = self.cleaned_data
        return tuple((given[f"year_{place}"], given[f"value_{place}"]) for place in range(self.count))


class ProjectForm(forms.Form):
    """How a project stands."""

    stage = forms.ChoiceField(label="到哪一步", choices=[(stage.value, stage.label) for stage in Stage])
    on_date = _day("截至哪一天", required=True)
    planned_end = _day("计划完工日期", help_text="批复或合同里的日期；以前报过可以空着。")
    expected_end = _day("预计（实际）完工日期")
    spent = forms.DecimalField(
        label="累计支出（元）", required=False, min_value=Decimal(0), max_value=_MOST, decimal_places=2
    )
    investment = forms.DecimalField(
        label="总投资（元）",
        required=False,
        min_value=Decimal("0.01"),
        max_value=_MOST,
        decimal_places=2,
        help_text="规划里的数缺失或者不能用时，按批复补报；其他情况空着。",
    )
    delay_reason = _words(
        "晚了的原因和怎么补", limit=300, help_text="过了计划完工日期，或者预计要晚，就要写；不晚就空着。"
    )
    note = _words("现在的情况和依据", limit=300, required="请写明情况和依据，例如监理月报的月份。")

    def fen(self, name: str) -> int | None:
        """This method will return an amount in fen; None when nothing was typed."""
        typed: Decimal | None = self.cleaned_data[name]
        return None if typed is None else int(typed * 100)


class PhotoForm(forms.Form):
    """A photo of a project."""

    photo = forms.FileField(
        label="照片",
        help_text=f"JPEG 或 PNG，最多 {megabytes(PHOTO_BYTES)}。拍摄地点等附带信息会去掉；请不要拍到居民的脸和车牌。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        error_messages={"required": "请选一张照片。", "empty": "这个文件是空的。"},
    )
    taken_on = _day("哪天拍的", required=True)
    words = forms.CharField(
        label="照片里看得到什么",
        max_length=200,
        help_text="例如：主体结构已到三层，东侧脚手架还在。看不见图的人靠这句话。",
        error_messages={"required": "请写明照片里看得到什么。"},
    )


class LinkForm(forms.Form):
    """Which indicator answers to a name of a plan."""

    label = forms.CharField(max_length=200, widget=forms.HiddenInput)
    indicator = forms.ChoiceField(label="指标", required=False)
    past_only = forms.BooleanField(label="只当作以前的数，不当目标", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", "没有指标对应"), *choices_of_indicators()]  # type: ignore[attr-defined]


class SelfCheckForm(EvidenceForm):
    """What a street says of itself."""

    def __init__(
        self, *args: Any, indicators: list[tuple[str, str]], streets: list[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"] = forms.ChoiceField(label="街道", choices=streets)
        self.fields["indicator"] = forms.ChoiceField(label="指标", choices=indicators)
        self.fields["year"] = forms.TypedChoiceField(
            label="年度", coerce=int, choices=[(year, f"{year} 年") for year in range(today.year, today.year - 6, -1)]
        )
        self.fields["grade"] = forms.ChoiceField(
            label="自评", choices=[(grade.value, grade.label) for grade in Grade], widget=forms.RadioSelect
        )
        self.fields["words"] = _words("依据、差距和打算", limit=500, required="请写明依据、差距和打算怎么办。")
        self.ask_for_evidence()


class InspectionForm(forms.Form):
    """What the bureau found."""

    grade = forms.ChoiceField(
        label="检查认定", choices=[(grade.value, grade.label) for grade in Grade], widget=forms.RadioSelect
    )
    words = _words("看了什么、为什么这样认定", limit=500, required="请写明看了什么、为什么这样认定。")

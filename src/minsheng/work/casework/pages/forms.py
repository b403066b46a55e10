"""What is asked for each act; the operations judge, these only read."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms

from minsheng.records.registry.pages.forms import DayInput, MoneyField
from minsheng.work.casework.operations.deciding import DELIVERED_HOW
from minsheng.work.casework.operations.investigating import METHODS
from minsheng.work.casework.operations.opening import SIGNED_HOW
from minsheng.work.casework.paying import MOST_PARTS
from minsheng.work.casework.queries.alliance import MemberRef
from minsheng.work.casework.queries.case import CaseFile
from minsheng.work.casework.rules.papers import CHECK_SOURCES, PAPERS
from minsheng.work.casework.rules.partners import APPEAL_KINDS, APPEAL_RESULTS, PARTNERS, REFERRAL_OUTCOMES
from minsheng.work.casework.types import Act, CheckState, ProxyScope
from minsheng.work.casework.working import is_monthly, schemes_for, title_of


def _long(label: str, *, help_text: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": f"请写{label}。"},
    )


class ActForm(forms.Form):
    """A form of one act; `file` is the case as it stands. Without fields it is one button.

    `proxied_as` names what a proxy must be allowed to do for it; where there is such a proxy the form asks.
    """

    proxied_as: ProxyScope | None = None

    def __init__(self, *args: Any, file: CaseFile, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file, self.today = file, today
        self.prepare()
        proxy = file.proxy
        if proxy is not None and self.proxied_as in proxy.scope:
            label = f"由代办人{proxy.name}（{proxy.relation}）办理"
            self.fields["proxied"] = forms.BooleanField(label=label, required=False)

    def prepare(self) -> None:
        """This method will fill in the choices that depend on the case."""


class ReasonForm(ActForm):
    """One text: why."""

    reason = _long("理由", help_text="用通俗的话，本人看得懂。")


class ApproveForm(ReasonForm):
    """Why; relief that is given once may be paid in monthly parts."""

    parts = forms.IntegerField(
        label="分几次发", min_value=1, max_value=MOST_PARTS, initial=1, help_text="每月一次，从本月起；一次发清填 1。"
    )

    def prepare(self) -> None:
        """This method will leave the question out where the benefit runs by month or is a status."""
        if is_monthly(self.file.scheme) or not (self.file.opinion and self.file.opinion.amount_fen):
            del self.fields["parts"]


class WithdrawForm(ReasonForm):
    """Why the application is taken back."""

    proxied_as = ProxyScope.WITHDRAW


class AuthoriseForm(ActForm):
    """Who allows what to be checked until when."""

    person_ids = forms.TypedMultipleChoiceField(
        label="谁签了字", coerce=int, widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选签字的人。"}
    )
    sources = forms.MultipleChoiceField(
        label="同意核对哪些", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请选核对的来源。"}
    )
    valid_to = forms.DateField(label="授权到哪一天", widget=DayInput())
    signed_how = forms.ChoiceField(label="怎样签的", choices=list(SIGNED_HOW.items()))

    def prepare(self) -> None:
        """This method will offer the family and the sources of this procedure, all chosen, for one year."""
        self.fields["person_ids"].choices = [(number, name) for number, name, _ in self.file.members]  # type: ignore[attr-defined]
        self.fields["person_ids"].initial = [number for number, _, _ in self.file.members]
        sources = self.file.edition.sources
        self.fields["sources"].choices = [(code, CHECK_SOURCES[code].label) for code in sources]  # type: ignore[attr-defined]
        self.fields["sources"].initial = list(sources)
        self.fields["valid_to"].initial = self.today + timedelta(days=365)


class AccountForm(ActForm):
    """Where the money is to go."""

    holder_name = forms.CharField(label="户名", max_length=60, error_messages={"required": "请填户名。"})
    bank = forms.CharField(label="开户银行", max_length=60, error_messages={"required": "请填开户银行。"})
    account_number = forms.CharField(
        label="账号",
        max_length=40,
        help_text="社保卡、存折或银行卡上的号码，加密保存，页面上只显示后四位。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填账号。"},
    )
    basis = forms.CharField(
        label="代收协议",
        max_length=200,
        required=False,
        help_text="户名是这一家的人不用填；由别人代收的，写明书面协议。",
    )

    def prepare(self) -> None:
        """This method will propose the person whom the case is about."""
        held = self.file.account
        self.fields["holder_name"].initial = held.holder_name if held else self.file.applicant_name
        self.fields["bank"].initial = held.bank if held else ""


class SubmitForm(ActForm):
    """The applicant's word that it is true, and who acts for them."""

    declared_true = forms.BooleanField(
        label="申请人已看过上面的内容，确认属实", error_messages={"required": "请申请人确认属实再提交。"}
    )
    proxied_as = ProxyScope.APPLY


class CorrectionForm(ActForm):
    """Which papers are missing; those that a data check gives are shown with the reason and refused."""

    papers = forms.MultipleChoiceField(
        label="要补的材料",
        choices=[(p.code, p.label) for p in PAPERS.values()],
        widget=forms.CheckboxSelectMultiple,
        help_text="能核对到的（户口簿、房产、存款、收入等）不能要，系统会拒绝。",
        error_messages={"required": "请选要补的材料。"},
    )
    note = _long("补充说明", required=False)


class InvestigationForm(ActForm):
    """What the first investigator saw and heard."""

    method = forms.ChoiceField(label="方式", choices=list(METHODS.items()))
    visited_date = forms.DateField(label="日期", widget=DayInput())
    interviewee = forms.CharField(label="向谁调查", max_length=60, error_messages={"required": "请写向谁调查的。"})
    observations = _long("看到、听到的情况")
    family_signed = forms.BooleanField(label="被调查人已在调查表上签字", required=False)

    def prepare(self) -> None:
        """This method will propose today."""
        self.fields["visited_date"].initial = self.today


class CountyVisitForm(InvestigationForm):
    """The bureau's own visit is always at home."""

    def prepare(self) -> None:
        """This method will leave out the method."""
        super().prepare()
        del self.fields["method"]


class OpinionForm(ActForm):
    """For or against, and why; the amount comes from the working."""

    favourable = forms.ChoiceField(
        label="意见", choices=[("yes", "同意，公示"), ("no", "不同意")], widget=forms.RadioSelect, initial="yes"
    )
    scheme = forms.ChoiceField(label="按哪一项", required=False)
    words_said = _long("理由")

    def prepare(self) -> None:
        """This method will offer the benefits of the procedure."""
        edition = self.file.edition
        offered = schemes_for(edition, of_person=self.file.person_id is not None)
        self.fields["scheme"].choices = [(code, title_of(code)) for code in offered]  # type: ignore[attr-defined]
        self.fields["scheme"].initial = self.file.scheme
        if len(offered) == 1:
            del self.fields["scheme"]
        if not edition.needs(Act.PUBLISH_NOTICE):
            self.fields["favourable"].choices = [("yes", "同意"), ("no", "不同意")]  # type: ignore[attr-defined]


class NoticeForm(ActForm):
    """Where the notice hangs."""

    place = forms.CharField(
        label="张贴在哪里", max_length=120, initial="社区公告栏", error_messages={"required": "请写张贴的地点。"}
    )


class ObjectionForm(ActForm):
    """What somebody said against the notice."""

    words_said = _long("异议的内容")
    contact = forms.CharField(label="联系方式", max_length=100, required=False, help_text="只用来回复，加密保存。")


class CheckObjectionForm(ActForm):
    """Which result is contested, and why."""

    proxied_as = ProxyScope.SPEAK
    check_id = forms.TypedChoiceField(label="哪一项结果", coerce=int)
    words_said = _long("理由和证据")

    def prepare(self) -> None:
        """This method will offer the results that there are."""
        open_ones = (CheckState.HIT, CheckState.MISS, CheckState.CONTRADICTORY)
        self.fields["check_id"].choices = [  # type: ignore[attr-defined]
            (c.id, f"{c.source}：{c.subject}（{c.state.label}）") for c in self.file.checks if c.state in open_ones
        ]


class RelativeForm(ActForm):
    """Who is a near relative of whom."""

    relation = forms.CharField(
        label="谁与哪位经办人员或居委会成员是什么关系",
        max_length=200,
        error_messages={"required": "请写清楚是什么关系。"},
    )


class DeliverForm(ActForm):
    """How the decision reached the person."""

    proxied_as = ProxyScope.RECEIVE
    how = forms.ChoiceField(label="方式", choices=list(DELIVERED_HOW.items()))
    received_by = forms.CharField(label="谁签收", max_length=60, error_messages={"required": "请写谁签收的。"})


class ExtendForm(ReasonForm):
    """On which ground of the law the limit is lengthened."""

    ground = forms.ChoiceField(label="法定情形")
    field_order = ("ground", "reason")

    def prepare(self) -> None:
        """This method will offer the grounds of the procedure."""
        self.fields["ground"].choices = list(self.file.edition.extension_grounds.items())  # type: ignore[attr-defined]


class AidForm(ActForm):
    """How much urgent aid, and why at once."""

    amount = MoneyField(label="先救助多少，元", error_messages={"required": "请填金额。"})
    reason = _long("什么急难、为什么要先救助")


class TextForm(ActForm):
    """One text whose label says what it is."""

    text = _long("情况")
    label = "情况"

    def prepare(self) -> None:
        """This method will put the label of the act."""
        self.fields["text"].label = self.label
        self.fields["text"].error_messages["required"] = f"请写{self.label}。"


class PapersForm(TextForm):
    label = "补了哪些手续、谁签字"


class ReviewForm(TextForm):
    label = "复核的情况"


class HearingForm(TextForm):
    proxied_as = ProxyScope.SPEAK
    label = "本人怎么说的"


class ReceivedForm(ActForm):
    """Who signed for the letter."""

    proxied_as = ProxyScope.RECEIVE
    received_by = forms.CharField(label="谁签收", max_length=60, error_messages={"required": "请写谁签收的。"})


class AdjustmentForm(ReasonForm):
    """Why; the amount comes from the working."""

    exit_months = forms.IntegerField(
        label="渐退几个月",
        required=False,
        min_value=0,
        max_value=6,
        help_text="就业后不再符合条件的，可以给渐退期；其他情况空着。",
    )
    own_wish = forms.BooleanField(label="本人要求停发", required=False)


class ConferenceForm(ActForm):
    """The minutes of a case conference."""

    agenda = forms.CharField(label="题目", max_length=200, error_messages={"required": "请写题目。"})
    participants = forms.CharField(
        label="参加的单位和人", max_length=300, error_messages={"required": "请写谁参加了。"}
    )
    conclusion = _long("结论和分工")


class ReferralForm(ActForm):
    """To whom, and what is needed; of the alliance only who gives this kind of help here is offered."""

    partner = forms.ChoiceField(label="转给谁", help_text="助联体里办这种帮助、服务这个辖区的成员列在下面。")
    need = _long("需要什么帮助")

    def prepare(self) -> None:
        """This method will offer each kind of help alone, and with each member that gives it."""
        self.fields["partner"].choices = referral_choices(self.file.takers)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """This method will part the chosen line into the kind of help and the member."""
        given = super().clean() or {}
        partner, _, member = str(given.get("partner", "")).partition(":")
        return {**given, "partner": partner, "member_id": int(member) if member else None}


def referral_choices(takers: Iterable[MemberRef]) -> list[tuple[str, Any]]:
    """This function will return the kinds of help as choices; one with members is a group that begins with nobody."""
    of_kind: dict[str, list[tuple[str, str]]] = {}
    for one in takers:
        of_kind.setdefault(one.partner, []).append((f"{one.partner}:{one.id}", f"{one.name}（{one.duty}）"))
    return [
        (label, [(code, f"{label}，不指定成员"), *of_kind[code]]) if code in of_kind else (code, label)
        for code, label in PARTNERS.items()
    ]


class ReferralAnswerForm(ActForm):
    """Which referral, and what the other side said."""

    referral_id = forms.TypedChoiceField(label="哪一条转介", coerce=int)
    outcome = forms.ChoiceField(label="办成了没有", choices=list(REFERRAL_OUTCOMES.items()))
    answer = _long("对方怎么说")

    def prepare(self) -> None:
        """This method will offer the referrals that wait for an answer."""
        waiting = [one for one in self.file.referrals if one.answered_at is None]
        self.fields["referral_id"].choices = [(one.id, f"{one.partner}：{one.need}") for one in waiting]  # type: ignore[attr-defined]


class AppealForm(ActForm):
    """A reconsideration or lawsuit against the latest decision."""

    kind = forms.ChoiceField(label="哪一种", choices=list(APPEAL_KINDS.items()))
    authority = forms.CharField(label="受理机关", max_length=100, error_messages={"required": "请写受理机关。"})
    lodged_date = forms.DateField(label="提出的日期", widget=DayInput())
    grounds = _long("理由")


class AppealResultForm(ActForm):
    """How it ended."""

    result = forms.ChoiceField(label="结果", choices=list(APPEAL_RESULTS.items()))
    result_words = _long("说明")


class HandOverForm(ActForm):
    """To whom, with what one must know."""

    username = forms.CharField(
        label="接手人的登录名", max_length=40, error_messages={"required": "请写接手人的登录名。"}
    )
    note = _long("交接要点", help_text="说到哪一步、答应过什么、下一步做什么。")

"""Which form and which operation belong to an act: one table, so that a view does one thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng.foundation.accounts import queries as accounts
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.casework import operations
from minsheng.work.casework.operations import UnableToProceed
from minsheng.work.casework.pages import forms
from minsheng.work.casework.pages.proxies import ProxyForm
from minsheng.work.casework.types import Act

Run = Callable[..., object]


@dataclass(frozen=True)
class ActPage:
    """The form of an act, the operation, and what is said when it is done ({subject} is filled in)."""

    form: type[forms.ActForm]
    run: Run
    done: str


def _opinion(*, favourable: str, **given: Any) -> None:
    operations.give_opinion(favourable=favourable == "yes", **given)


def _aid(*, amount: Any, **given: Any) -> None:
    operations.aid_first(amount_fen=int((amount * 100).to_integral_value()), **given)


def _text(run: Run, name: str) -> Run:
    """An operation that takes one text under a name of its own."""

    def called(*, text: str, **given: Any) -> object:
        return run(**{name: text}, **given)

    return called


def _propose(*, exit_months: int | None, **given: Any) -> None:
    operations.propose_adjustment(exit_months=exit_months or 0, **given)


def _hand_over(*, username: str, actor: Viewer, at: datetime, case_id: int, note: str) -> None:
    number = accounts.account_id(username=username.strip())
    if number is None:
        raise UnableToProceed(f"没有登录名“{username}”。请核对接手人的登录名。")
    operations.hand_over(actor=actor, at=at, case_id=case_id, to_account_id=number, note=note)


PAGES: Mapping[Act, ActPage] = {
    Act.AUTHORISE: ActPage(forms.AuthoriseForm, operations.authorise, "核对授权书已登记，可以打印留存。"),
    Act.REVOKE_AUTHORISATION: ActPage(
        forms.ReasonForm, operations.revoke_authorisation, "授权已撤回，不会再向任何单位核对。"
    ),
    Act.ENTER_ACCOUNT: ActPage(forms.AccountForm, operations.enter_account, "收款账户已登记。"),
    Act.SUBMIT: ActPage(forms.SubmitForm, operations.submit, "申请已提交，等街道受理。"),
    Act.REQUEST_CORRECTION: ActPage(forms.CorrectionForm, operations.request_correction, "补正告知书已出具。"),
    Act.ACCEPT: ActPage(forms.ActForm, operations.accept, "已受理，期限从明天起算。受理通知书已出具。"),
    Act.RECORD_RELATIVE: ActPage(forms.RelativeForm, operations.record_relative, "近亲属备案已登记，区级要入户。"),
    Act.AID_FIRST: ActPage(forms.AidForm, _aid, "先行救助已决定，请马上发到本人手里，手续随后补。"),
    Act.SUPPLY_PAPERS: ActPage(forms.PapersForm, _text(operations.supply_papers, "note"), "手续已补齐，已结案。"),
    Act.START_INVESTIGATION: ActPage(forms.ActForm, operations.start_investigation, "调查已启动。"),
    Act.RECORD_INVESTIGATION: ActPage(
        forms.InvestigationForm, operations.record_investigation, "调查情况已登记，请第二名调查人签字。"
    ),
    Act.SIGN_INVESTIGATION: ActPage(forms.ActForm, operations.sign_investigation, "已签字，调查表有两名调查人。"),
    Act.REQUEST_CHECK: ActPage(forms.ActForm, operations.request_check, "核对已提请，结果回来后会显示在右边。"),
    Act.OBJECT_TO_CHECK: ActPage(forms.CheckObjectionForm, operations.object_to_check, "异议已登记，请提请复查。"),
    Act.GIVE_OPINION: ActPage(forms.OpinionForm, _opinion, "初步意见已出具。"),
    Act.PUBLISH_NOTICE: ActPage(forms.NoticeForm, operations.publish_notice, "公示已开始，请打印张贴。"),
    Act.OBJECT: ActPage(forms.ObjectionForm, operations.record_objection, "异议已登记，请重新调查。"),
    Act.REINVESTIGATE: ActPage(forms.ActForm, operations.reinvestigate, "已重新进入调查，原公示已撤下。"),
    Act.END_NOTICE: ActPage(forms.ActForm, operations.end_notice, "公示期满无异议，已报请确认。"),
    Act.FORWARD: ActPage(forms.ActForm, operations.forward, "已报请确认。"),
    Act.VISIT_BY_COUNTY: ActPage(forms.CountyVisitForm, operations.visit_by_county, "区级入户情况已登记。"),
    Act.RETURN: ActPage(forms.ReasonForm, operations.return_case, "已退回补充调查。"),
    Act.APPROVE: ActPage(forms.ApproveForm, operations.approve, "已批准，决定书已出具，请送达。"),
    Act.REJECT: ActPage(forms.ReasonForm, operations.reject, "已决定不予批准，告知书已出具，请在 3 个工作日内送达。"),
    Act.DELIVER: ActPage(forms.DeliverForm, operations.deliver, "送达情况已登记。"),
    Act.BEGIN_REVIEW: ActPage(forms.ActForm, operations.begin_review, "复核已开始。"),
    Act.RECORD_REVIEW: ActPage(forms.ReviewForm, _text(operations.record_review, "findings"), "复核无变化，继续保障。"),
    Act.PROPOSE_ADJUSTMENT: ActPage(forms.AdjustmentForm, _propose, "已拟调整。减发、停发的请先听取本人意见。"),
    Act.HEAR: ActPage(forms.HearingForm, _text(operations.hear, "words_said"), "本人的意见已记入办件。"),
    Act.DECIDE_ADJUSTMENT: ActPage(forms.ReasonForm, operations.decide_adjustment, "已决定调整，请送达。"),
    Act.DROP_PROPOSAL: ActPage(forms.ReasonForm, operations.drop_proposal, "不调整，照原来的发。"),
    Act.NOTIFY_ADJUSTMENT: ActPage(forms.ReceivedForm, operations.notify_adjustment, "送达情况已登记。"),
    Act.CLOSE: ActPage(forms.ActForm, operations.close, "已结案。"),
    Act.TERMINATE: ActPage(forms.ReasonForm, operations.terminate, "已终止，告知书已出具。"),
    Act.SUSPEND: ActPage(forms.ReasonForm, operations.suspend, "已中止，期限停止计算。"),
    Act.RESUME: ActPage(forms.ReasonForm, operations.resume, "已恢复，期限接着计算。"),
    Act.EXTEND: ActPage(forms.ExtendForm, operations.extend, "期限已延长。"),
    Act.EXPLAIN_DELAY: ActPage(forms.ReasonForm, operations.explain_delay, "超期原因已记入办件。"),
    Act.NAME_PROXY: ActPage(ProxyForm, operations.name_proxy, "代办人已登记，本人在自己的页面上看得到，随时可以撤回。"),
    Act.END_PROXY: ActPage(forms.ReasonForm, operations.end_proxy, "代办已撤回，以后由本人自己办。"),
    Act.WITHDRAW: ActPage(forms.WithdrawForm, operations.withdraw, "申请已撤回。"),
    Act.CONFER: ActPage(forms.ConferenceForm, operations.confer, "会商纪要已记入办件。"),
    Act.REFER: ActPage(forms.ReferralForm, operations.refer, "已转介，等对方反馈。"),
    Act.ANSWER_REFERRAL: ActPage(forms.ReferralAnswerForm, operations.answer_referral, "反馈已登记。"),
    Act.APPEAL: ActPage(forms.AppealForm, operations.appeal, "已登记，与最近一次决定关联。"),
    Act.SETTLE_APPEAL: ActPage(forms.AppealResultForm, operations.settle_appeal, "结果已登记。"),
    Act.HAND_OVER: ActPage(forms.HandOverForm, _hand_over, "已移交。"),
}
# The order in which the next step is offered; the first that the viewer may do and nothing speaks against.
MAIN_PATH = (
    Act.RESUME,
    Act.DELIVER,
    Act.NOTIFY_ADJUSTMENT,
    Act.DECIDE_ADJUSTMENT,
    Act.HEAR,
    Act.RECORD_REVIEW,
    Act.SUPPLY_PAPERS,
    Act.VISIT_BY_COUNTY,
    Act.APPROVE,
    Act.REINVESTIGATE,
    Act.END_NOTICE,
    Act.PUBLISH_NOTICE,
    Act.FORWARD,
    Act.GIVE_OPINION,
    Act.SIGN_INVESTIGATION,
    Act.RECORD_INVESTIGATION,
    Act.START_INVESTIGATION,
    Act.REQUEST_CHECK,
    Act.ACCEPT,
    Act.AUTHORISE,
    Act.SUBMIT,
)

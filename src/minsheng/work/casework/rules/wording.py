"""The letters of casework: title, heading of the points, closing sentence. Plain words, one next step each."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """One kind of letter."""

    title: str
    heading: str
    closing: str
    to_applicant: bool = True


_REMEDY = (
    "对这个决定不服的，可以自收到之日起 60 日内申请行政复议，或者 6 个月内向人民法院起诉。"
    "也可以先打 12345，或到街道民政窗口问清楚。"
)
LETTERS: Mapping[str, Letter] = {
    "acceptance": Letter("受理通知书", "您要知道的", "有变化请及时告诉我们。进度可以随时到窗口或打电话问。"),
    "correction": Letter("补正告知书", "请补齐", "补齐后交到街道民政窗口，或交给社区代办。"),
    "authorisation": Letter("家庭经济状况核对授权书", "授权的范围", "本人已经知道核对的内容和用途。", False),
    "notice": Letter("社会救助公示", "公示的内容", "有不同意见，请在公示期内提出；提意见的人，我们保密。", False),
    "decision": Letter("审核确认决定书", "决定的内容", _REMEDY),
    "refusal": Letter("不予批准告知书", "为什么", _REMEDY),
    "advance": Letter("先行救助告知书", "救助的内容", "手续由我们事后补齐，不用您现在办。"),
    "hearing": Letter(
        "拟调整告知书（听取意见）", "拟怎样调整、为什么", "您可以当面说、打电话说或写下来；没有听您说以前不会减停。"
    ),
    "adjustment": Letter("救助待遇调整决定书", "决定的内容", _REMEDY),
    "termination": Letter("终止办理告知书", "为什么终止", _REMEDY),
}


def said(who: str, text: str) -> str:
    """This function will put who acted before what was said."""
    return f"{who}：{text}" if who else text

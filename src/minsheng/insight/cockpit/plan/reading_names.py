"""What a figure in a sentence is the figure of: the words before it, or behind it, without verbs and dates."""

import re

PER = re.compile(
    r"每(?:百|千|万|十万)?[\u4e00-\u9fff]{1,4}?(?=拥有|达到|达|配备|至少|不少于|建|有|\d|$)|每(?:月|年|天|万人|百人|千人)"
)
_DATE = r"(?:到|至|截至|截止到|截止)?(?:19|20)\d{2}年[底末前]?|\d{1,2}年内"
_LEADING = re.compile(
    rf"^(?:其中|有|已|共|现有|目前|全区|我区|全市|至少|分别|均|都|至|到|从|的|并|力争|确保|争取|基本|推动|推进|{_DATE}|"
    r"建成|建立|新建|新增|培育|引进|争创|创建|打造|达到|达|覆盖|完成|实现|一支|拥有|提高|调整|不少于|不低于|在册|为|、)+"
)
_TRAILING = re.compile(
    r"(?:分别|均|都|已|共|有|现有|总数|合计|不少于|不低于|至少|达到|达|为|约|近|超过|提高到|提高至|调整至|调整到|的|由|从|到|至|"
    rf"全区|全市|{_DATE})+$"
)


def name_of(before: str, after: str, earlier: str) -> str:
    """This function will name a figure from the words of its clause before and after it; "" when there are none.

    `earlier` is the sentence up to the clause; the subject may stand there: 食堂（助餐点）53家; 联合体，每街道1家.
    """
    if not before and (met := re.search(r"([^，。；：、（）()]{2,})[（(][^（）()]*[）)]$", earlier)):
        before = met.group(1)
    name = _TRAILING.sub("", _LEADING.sub("", PER.sub("", before)))
    if len(name) < 2 and _TRAILING.sub("", before).endswith("率"):
        name = _TRAILING.sub("", before)  # 完成率, where “完成” is part of the noun
    if len(head := re.split(r"从|由", name)[0]) >= 2 and re.search(r"\d", name):
        name = head  # 低保标准从2016年的每月744元提高到2020年
    if len(name) < 2:
        name = re.split(r"\d", re.sub(r"^(?:以上|以下|多|的)+", "", after))[0]
    if len(name) < 2 and PER.search(before):
        name = re.split(r"[，；：]", earlier.rstrip("，；："))[-1].rpartition("的")[2]
    return _balanced(name.strip("的"))


def _balanced(name: str) -> str:
    """A quote that was cut off at one end is no part of the name."""
    return name if name.count("“") == name.count("”") else name.replace("“", "").replace("”", "")


def start_of_name(text: str, start: int, clause_start: int) -> int:
    """This function will move the start of a clause back over “、” while the pieces before hold no figure.

    养老保险、医疗保险参保率 is one name of one figure; 中心10家、邻里坊50家 are two.
    """
    at = clause_start
    while at > start and text[at - 1] == "、":
        piece = max(text.rfind(stop, start, at - 1) for stop in "、，。；：（(！？") + 1
        piece = max(piece, start)
        if re.search(r"\d", text[piece : at - 1]):
            break
        at = piece
    return at

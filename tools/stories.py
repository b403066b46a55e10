"""Writes docs/stories.md from policies/stories: the named households of 青云里, as an officer reads them.

Run as `python tools/stories.py > docs/stories.md`; a test holds the page to the stories.
"""

from pathlib import Path

from rulebook import Story, load_rulebook, load_stories
from rulebook.units import say_money

POLICIES = Path(__file__).parents[1] / "policies"
FINDING = {
    "entitled_not_receiving": "应享未享",
    "receiving_not_entitled": "享而不符",
    "one_datum_missing": "只差一项",
    "none": "没有要办的",
}
STATUS = {"entitled": "符合", "not_entitled": "不符合", "unknown": "还不能定"}
HEAD = """# 青云里的故事

青云里是一条虚构的小巷，住着 {count} 户虚构的人家。他们的结果都按法条手工算好，测试、演示和这份文档用的是同一份
（`policies/stories/`）。标着演示参数的标准以政策页面上的疑点为准。
"""


def page() -> str:
    """This function will return the page as Markdown."""
    titles = {code: scheme.title for code, scheme in load_rulebook(POLICIES).schemes.items()}
    stories = load_stories(POLICIES)
    return "\n".join([HEAD.format(count=len(stories)), *(_told(story, titles) for story in stories)])


def _told(story: Story, titles: dict[str, str]) -> str:
    people = "、".join(person.key for person in story.household.members)
    month = f"{story.as_of.year} 年 {story.as_of.month} 月"
    lines = [
        f"## {story.title}",
        "",
        f"{story.address}，{people}。按 {month}的规定：**{FINDING[story.finding]}**。",
        "",
        "| 待遇 | 谁 | 结果 | 每月（元） |",
        "|---|---|---|---:|",
    ]
    for expected in story.expect:
        fen = expected.payable_fen if expected.payable_fen is not None else expected.amount_fen
        amount = say_money(fen) if expected.status == "entitled" and fen else ""
        who = expected.person or "全家"
        lines.append(f"| {titles[expected.scheme]} | {who} | {STATUS[expected.status]} | {amount} |")
    working = [f"> {line}" for line in story.working.strip().splitlines()]
    return "\n".join([*lines, "", *working, ""])


if __name__ == "__main__":
    print(page(), end="")

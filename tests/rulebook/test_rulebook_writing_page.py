"""The page that teaches an officer to write a scheme, done as it says, in an empty folder beside the real policies.

Its blocks: `yaml file=…` is written, `diff file=…` changed, `text error` is the whole answer to the change before it.
"""

import itertools
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from rulebook_populations import POLICIES

from rulebook import Rulebook, RulebookErrors, check_examples, load_rulebook

PAGE = POLICIES.parent / "docs" / "写一项政策.md"
CODE = "elder_disability_aid"
FENCE = re.compile(r"^```(\w+)(?: (?:file=)?(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    language: str
    about: str
    text: str


BLOCKS = [Block(*found) for found in FENCE.findall(PAGE.read_text(encoding="utf-8"))]
LESSON = [block for block in BLOCKS if block.about.startswith(CODE) and block.language == "yaml"]
RAISE = next(block for block in BLOCKS if block.language == "diff")
FAULTS = [(before, after) for before, after in itertools.pairwise(BLOCKS) if after.about == "error"]
KINDS = (
    "没有叫", "放在一起", "除数可能是 0", "直接写了数", "没有写依据", "没有写明日期的行", "第一行从 2021-01-01 起",
    "在 80 处断开或重叠", "在 90 处断开或重叠", "绕成了圈", "数可能大到", "发放周期却是 once", "没有一行管", "都对得上",
    "不认识单位", "没有个人事实", "这个关键词",
)  # fmt: skip


def change(folder: Path, block: Block) -> None:
    """Replaces the lines that begin with - by those that begin with +, which must stand there exactly once."""
    lines = [(line[:1], line[2:]) for line in block.text.splitlines()]
    old = "\n".join(text for sign, text in lines if sign == "-")
    new = "\n".join(text for sign, text in lines if sign == "+")
    path = folder / block.about
    text = path.read_text(encoding="utf-8")
    assert text.count(f"{old}\n") == 1, old
    path.write_text(text.replace(f"{old}\n", f"{new}\n"), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The real policies, and in them what the page wrote before it raised the figure."""
    made = tmp_path / "policies"
    shutil.copytree(POLICIES, made)
    for block in LESSON[:2]:
        path = made / block.about
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    return made


def failures(book: Rulebook) -> list[str]:
    own = [result for result in check_examples(book) if result.scheme == CODE]
    assert own
    return [str(result) for result in own if not result.passed]


def test_from_an_empty_folder_to_passing_examples_and_a_raised_figure(folder: Path) -> None:
    book = load_rulebook(folder)
    assert failures(book) == []
    assert len(book.schemes[CODE].examples) >= 6
    assert {doubt.text for doubt in book.schemes[CODE].doubts} == {"演示金额，没有文件"}
    raised = LESSON[2]
    (folder / raised.about).write_text(raised.text, encoding="utf-8")
    assert len(failures(load_rulebook(folder))) == 1
    change(folder, RAISE)
    assert failures(load_rulebook(folder)) == []


def test_the_page_says_what_the_check_says(folder: Path) -> None:
    book = load_rulebook(folder)
    said = f"{len(book.schemes)} 项政策，{len(check_examples(book))} 个例子，0 个和规则算的不一样"
    assert said in PAGE.read_text(encoding="utf-8")


def test_a_wrong_example_is_told_as_the_page_says(folder: Path) -> None:
    path = folder / LESSON[1].about
    path.write_text(LESSON[1].text.replace("30.00元", "31.00元", 1), encoding="utf-8")
    shown = next(block for block in BLOCKS if block.about == "example")
    assert failures(load_rulebook(folder)) == [shown.text.rstrip()]


@pytest.mark.parametrize(("fault", "answer"), FAULTS, ids=[after.text.splitlines()[0][:60] for _, after in FAULTS])
def test_an_error_reads_as_the_page_says(folder: Path, fault: Block, answer: Block) -> None:
    change(folder, fault)
    with pytest.raises(RulebookErrors) as caught:
        load_rulebook(folder)
    assert "\n".join(map(str, caught.value.problems)) == answer.text.rstrip()


def test_the_page_shows_every_kind_of_error() -> None:
    told = "\n".join(after.text for _, after in FAULTS)
    assert [kind for kind in KINDS if kind not in told] == []

"""Documents: rare characters render, text of people is never markup, pages are numbered."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from minsheng.foundation.files.documents import UnableToRenderDocument, render_pdf
from minsheng.foundation.pages.wording import day, yuan_capital

HOSTILE = '#import "/etc/passwd" #read("/etc/hostname") $x^2$ *b* <l> @l \\ [x] #sys.version // /* `c`'


def letter(**changes: object) -> dict[str, object]:
    return {
        "issuer": "上城区民政局",
        "title": "受理通知书",
        "number": "上民受〔2026〕1号",
        "addressee": "林䶮珍",
        "opening": HOSTILE,
        "blocks": [{"heading": "事实", "paragraphs": [yuan_capital(180_600)], "items": ["𠅤", "㛃"]}],
        "table": {"headings": ["项目", "元"], "rows": [["=1+1", "1,806.00"]], "numbers": [1]},
        "date": day(date(2026, 11, 3)),
        "verification": "核验码 7F3A 扫码或打 12345 核对",
        **changes,
    }


def text_of(content: bytes, path: Path) -> str:
    path.write_bytes(content)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_letter_shows_rare_characters_and_hostile_text_literally(tmp_path: Path) -> None:
    content = render_pdf("letter", letter())
    text = text_of(content, tmp_path / "a.pdf")
    assert "林䶮珍" in text
    assert "㛃" in text
    flat = "".join(text.split())
    assert "".join(HOSTILE.split()) in flat
    assert "root:" not in text
    assert "壹仟捌佰零陆元整" in text
    assert "2026年11月3日（星期二）" in flat
    assert "核验码7F3A" in flat
    assert "第1页，共1页" in flat
    fonts = subprocess.run(["pdffonts", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=True).stdout
    assert "NotoSerifSC" in fonts
    assert len(fonts.strip().splitlines()) == 3  # heading, rule, one embedded font


def test_same_data_give_the_same_bytes() -> None:
    assert render_pdf("letter", letter()) == render_pdf("letter", letter())
    assert render_pdf("letter", letter()) != render_pdf("letter", letter(number="上民受〔2026〕2号"))


def test_long_tables_run_over_pages_with_their_heading(tmp_path: Path) -> None:
    rows = [[f"第{n}户", "1,806.00"] for n in range(120)]
    content = render_pdf(
        "table", {"title": "名单", "headings": ["户", "元"], "rows": rows, "numbers": [1], "widths": [3, 1]}
    )
    text = "".join(text_of(content, tmp_path / "t.pdf").split())
    assert "共4页" in text or "共5页" in text or "共3页" in text
    assert text.count("户元") >= 3
    assert "第119户" in text


def test_a_template_of_another_room_uses_the_base_and_reads_nothing_else(tmp_path: Path) -> None:
    own = tmp_path / "own.typ"
    own.write_text('#import "base.typ": *\n#show: document-page\n#title-block()\n#field("body")', encoding="utf-8")
    assert "你好" in text_of(render_pdf(own, {"title": "告知书", "body": "你好"}), tmp_path / "o.pdf")
    own.write_text('#read("/etc/passwd")', encoding="utf-8")
    with pytest.raises(UnableToRenderDocument, match="own"):
        render_pdf(own, {})


def test_data_must_be_plain() -> None:
    with pytest.raises(UnableToRenderDocument, match="文字、整数和清单"):
        render_pdf("letter", {"date": date(2026, 11, 3)})
    with pytest.raises(UnableToRenderDocument, match="排版"):
        render_pdf("letter", letter(blocks="不是清单"))

"""`minsheng policies replay`: a decision that was touched, or comes out otherwise, is told in Chinese and fails."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from minsheng.config.acts import policies
from minsheng.work.eligibility.law import law_on
from rulebook import evaluate, freeze, load_stories
from rulebook.replay import canonical, sealed

pytestmark = pytest.mark.django_db


def frozen(folder: Path) -> Path:
    story = next(story for story in load_stories(Path(settings.POLICIES)) if story.key == "lin_azhen")
    ev = evaluate(law_on(story.as_of), story.household, story.as_of)
    file = folder / "decision.json"
    file.write_text(canonical(freeze(ev, "minimum_living_allowance")), encoding="utf-8")
    return file


def test_an_untouched_decision_is_identical(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert policies(["replay", str(frozen(tmp_path))]) == 0
    assert "完全一致" in capsys.readouterr().out


def test_a_changed_amount_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = frozen(tmp_path)
    content = json.loads(file.read_text(encoding="utf-8"))
    content["results"][0]["payable_fen"] += 1
    file.write_text(canonical(content), encoding="utf-8")
    assert policies(["replay", str(file)]) == 1
    assert "文件被改动过" in capsys.readouterr().out
    file.write_text(canonical({**content, "sha256": sealed(content)}), encoding="utf-8")
    assert policies(["replay", str(file)]) == 1
    told = capsys.readouterr().out
    assert "不一致" in told
    assert "results[0].payable_fen" in told


def test_a_correction_since_is_told_and_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = frozen(tmp_path)
    content = json.loads(file.read_text(encoding="utf-8"))
    content["law"]["schemes"]["minimum_living_allowance"]["order"] += 1
    file.write_text(canonical({**content, "sha256": sealed(content)}), encoding="utf-8")
    assert policies(["replay", str(file)]) == 0
    assert "规定后来有更正：schemes.minimum_living_allowance.order" in capsys.readouterr().out


def test_a_file_that_is_no_decision_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert policies(["replay", str(tmp_path / "other.json"), str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().out.count("不能重算") == 2

"""`minsheng plan`: what people and machines see, and the exit codes."""

import json
from pathlib import Path

import pytest
from plan_texts import CLEAN, REAL

from minsheng.insight.cockpit.command import plan


def test_audit_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["audit", str(REAL)]) == 0
    shown = capsys.readouterr().out
    assert "【错误】“望北邻里中心”的总投资等于序号 11" in shown
    assert "第380行" in shown
    assert "依据：" in shown


def test_audit_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["audit", str(REAL), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["title"] == "上城区民政事业发展“十四五”规划"
    first = told["findings"][0]
    assert set(first) == {"rule", "what", "places", "evidence", "severity", "suggestion"}
    assert first["places"][0]["line"] == 5
    assert told["unread"]


def test_the_number_of_streets_may_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["audit", str(REAL), "--json", "--streets", "10"]) == 0
    assert "targets.per_unit" not in capsys.readouterr().out


def test_a_clean_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "clean.txt"
    path.write_text(CLEAN, encoding="utf-8")
    assert plan(["audit", str(path), "--streets", "12"]) == 0
    assert "没有查出问题。" in capsys.readouterr().out


def test_reading_shows_what_was_not_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["read", str(REAL)]) == 0
    shown = capsys.readouterr().out
    assert "没读懂的（请人来看）" in shown
    assert "5823" in shown
    assert plan(["read", str(REAL), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["indicators"]) == 21


def test_the_drill_prints_recall_and_precision(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(["audit", str(REAL), "--drill", "--copies", "2"]) == 0
    shown = capsys.readouterr().out
    assert "共放进 20 个错误" in shown
    assert "查全率" in shown
    assert "查准率" in shown
    assert plan(["audit", str(REAL), "--drill", "--copies", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["injected"] == 20


def test_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"%PDF")
    assert plan(["audit", str(path)]) == 2
    assert "读不了" in capsys.readouterr().err

"""`minsheng` says what it can do, and each act says how it is used without asking the database."""

import pytest

from minsheng.config import command
from minsheng.config.acts import ACTS


def test_every_act_is_told_once() -> None:
    assert set(command.SAID) == set(ACTS)
    assert len(command.usage().splitlines()) == len(ACTS) + 2


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_a_newcomer_is_told_the_acts(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["minsheng", *words])
    command.main()
    assert "minsheng demo" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(ACTS))
def test_each_act_says_how_it_is_used(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        ACTS[name](["--help"])
    assert ended.value.code == 0
    assert f"usage: minsheng {name}" in capsys.readouterr().out

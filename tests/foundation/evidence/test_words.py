"""The auditor reads words: every act and thing that the code writes into the trail is told in Chinese."""

import re
from pathlib import Path

from minsheng.foundation.evidence.pages.words import act_in_words, thing_in_words

CODE = Path(__file__).parents[3] / "src" / "minsheng"
SOURCES = [path.read_text(encoding="utf-8") for path in CODE.rglob("*.py") if "migrations" not in path.parts]
LATIN = re.compile(r"[A-Za-z_]{2,}")


def written(pattern: str) -> set[str]:
    return {found for text in SOURCES for found in re.findall(pattern, text)}


def test_every_act_that_stands_in_the_code_is_told_in_words() -> None:
    acts = written(r'\baction="([a-z]+\.[a-z_]+)"')
    assert len(acts) > 60
    assert {act: act_in_words(act) for act in sorted(acts) if LATIN.search(act_in_words(act))} == {}


def test_every_thing_without_a_number_is_told_in_words() -> None:
    things = written(r'\bobject_id="([a-z_]+)"')
    assert len(things) > 5
    assert {thing for thing in things if LATIN.search(thing_in_words(thing))} == set()


def test_control_an_act_without_words_is_noticed() -> None:
    assert LATIN.search(act_in_words("registry.person_teleported"))

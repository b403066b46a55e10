"""The one door to the rulebook: the files of this installation, and over them what was published since, as data.

The files are loaded once and checked when loaded. A publication names the law anew (`published.law_version`); every
process sees it with its next transaction, and builds that book once.
"""

import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from minsheng.work.eligibility.publishing.published import law_version, published_versions
from rulebook import Law, Rulebook, RulebookErrors, check_examples, load_rulebook, load_stories, replay


@lru_cache(maxsize=1)
def seed() -> Rulebook:
    """This function will return the schemes in `settings.POLICIES`; a wrong scheme raises and nothing is evaluated."""
    return load_rulebook(Path(settings.POLICIES))


def book() -> Rulebook:
    """This function will return the law as it is published now: the files with every signed version over them.

    Raises rulebook.UnableToAmend when the files no longer know a published figure: nothing is evaluated then.
    """
    return book_as_of(law_version())


@lru_cache(maxsize=8)
def book_as_of(version: str) -> Rulebook:
    """This function will return the book that a link of the chain of publications names; empty is the files alone."""
    return seed() if not version else seed().with_versions(published_versions(law_version=version))


def law_on(day: date) -> Law:
    """This function will return the law in force on a day: rules and numbers resolved, with its digest."""
    return book().law_on(day)


def input_names(*, entity: str) -> tuple[str, ...]:
    """This function will name the facts that rules may read of a `person` or a `household`."""
    return tuple(made.name for made in seed().inputs.values() if made.entity.value == entity)


def story_cases() -> list[dict[str, Any]]:
    """This function will return the named stories as plain rows, the way the synthetic district takes them."""
    cases = []
    for story in load_stories(Path(settings.POLICIES)):
        people = [{"key": person.key, "name": person.key, **person.facts} for person in story.household.members]
        since = date(story.as_of.year - 1, 1, 1)
        receives = [
            {"person": person, "scheme": scheme, "amount_fen": fen, "since_date": since}
            for (scheme, person), fen in story.receives.items()
        ]
        cases.append(
            {
                "key": story.key,
                "address": story.address,
                "household": dict(story.household.facts),
                "people": people,
                "receives": receives,
            }
        )
    return cases


def check_policies() -> int:
    """This function will load every scheme, run every worked example, print the failures and return an exit code."""
    try:
        results = check_examples(seed())
    except RulebookErrors as errors:
        print(errors)
        return 1
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(result)
    print(f"{len(seed().schemes)} 项政策，{len(results)} 个例子，{len(failed)} 个和规则算的不一样")
    return 1 if failed else 0


def replay_decisions(files: Iterable[Path]) -> int:
    """This function will replay frozen decisions, print what each comes to, and return 1 unless all are identical."""
    failed = 0
    for file in files:
        try:
            found = replay(json.loads(file.read_text(encoding="utf-8")), book())
        except (OSError, ValueError, RulebookErrors) as refusal:
            print(f"{file}：不能重算。{refusal}")
            failed += 1
            continue
        word = "完全一致" if found.identical else "不一致" if found.intact else "文件被改动过"
        print(f"{file}：{word}")
        for line in found.differences:
            print(f"  重算不同：{line}")
        for line in found.law_changes:
            print(f"  规定后来有更正：{line}")
        if found.retold:
            print(f"  结果相同，有 {len(found.retold)} 处说明的用词后来改过")
        failed += not found.identical
    return 1 if failed else 0


def code_names(codes: tuple[str, ...]) -> list[str]:
    """This function will name the codes of a table as officers do, by the input that has them."""
    called = next((i.code_labels for i in book().inputs.values() if set(codes) <= set(i.codes)), {})
    return [called.get(code, code) for code in codes]

"""The one door to the rulebook: the policies of this installation, loaded once and checked when loaded."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from rulebook import Law, Rulebook, RulebookErrors, check_examples, load_rulebook, load_stories


@lru_cache(maxsize=1)
def book() -> Rulebook:
    """This function will return the schemes in `settings.POLICIES`; a wrong scheme raises and nothing is evaluated."""
    return load_rulebook(Path(settings.POLICIES))


@lru_cache(maxsize=64)
def law_on(day: date) -> Law:
    """This function will return the law in force on a day: rules and numbers resolved, with its digest."""
    return book().law_on(day)


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
        results = check_examples(book())
    except RulebookErrors as errors:
        print(errors)
        return 1
    failed = [result for result in results if not result.passed]
    for result in failed:
        print(result)
    print(f"{len(book().schemes)} schemes, {len(results)} examples, {len(failed)} failed")
    return 1 if failed else 0

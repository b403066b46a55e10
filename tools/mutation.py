"""Mutation test of `rulebook`: changes one place of its source at a time and asks whether a fast test notices.

    nice -n 10 python tools/mutation.py --size 300 --seed 20261125 [--only nearest] [--minutes 20] [--jobs 2]

The sample is drawn by seed over all modules but Spark's. mutation_places.py says what is changed and what is passed
over; equivalent_mutants.txt lists, with reasons, changes that nobody could notice. They are drawn and asked like all
others and counted apart: the rate is what was noticed, of what could be. Returns 1 below 90 %, and where the list is
wrong (a listed mutant is noticed, or no longer exists).
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter

from mutation_asking import Asking, Meeting, Question, mapped, prepare, run
from mutation_places import Mutant, modules, places, read_equivalent


def main() -> int:
    """This function will draw the sample, ask the tests, and print what survived and the rate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--only", action="append", choices=modules())
    parser.add_argument("--line", action="append", type=int, help="only mutants of these lines, for work on a survivor")
    parser.add_argument("--minutes", type=float, default=60.0, help="no new mutant is begun after this time")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--long", action="store_true", help="also tests that take seconds each and rarely add anything")
    given = parser.parse_args()
    begun = time.monotonic()
    every = [mutant for module in modules() for mutant in places(module)]
    listed = read_equivalent()
    stale = set(listed) - {mutant.name for mutant in every}
    for name in sorted(stale):
        print(f"listed, but there is no such mutant: {name}")
    pool = [m for m in every if m.module in (given.only or modules()) and (not given.line or m.line in given.line)]
    sample = random.Random(given.seed).sample(pool, min(given.size, len(pool)))
    prepare()
    meeting = Meeting(mapped(given.long))
    print(f"map of lines and tests after {time.monotonic() - begun:.0f} s", flush=True)
    questions = _ask(sample, meeting, given.jobs, time.monotonic() + given.minutes * 60)
    if not questions:
        return 1
    return max(_report(questions, listed, len(pool), given.seed, time.monotonic() - begun), bool(stale))


def _ask(sample: list[Mutant], meeting: Meeting, jobs: int, until: float) -> list[Question]:
    """First those that need a process without `rulebook`, then the others. What no test meets has survived."""
    questions = [meeting.question(mutant) for mutant in sample]
    for question in questions:
        if not question.tests:
            question.answer = "survived"
            question.tell()
    control = meeting.control()
    asking = Asking([*questions, control], jobs, until)
    asking.ask()
    run(asking)
    if control.answer != "survived":
        why = "some test fails without any change" if control.answer else "there was no time to ask the code as it is"
        print(f"no figure can be trusted: {why}")
    return questions if control.answer == "survived" else []


def _report(questions: list[Question], listed: dict[str, str], pool: int, seed: int, seconds: float) -> int:
    """Prints the figures, and returns 1 where they are not good or not whole."""
    counted: Counter[str] = Counter()
    wrong = 0
    for question in questions:
        name, answer = question.mutant.name if question.mutant else "", question.answer or "not asked"
        if name in listed and answer in ("killed", "out of time"):
            wrong += 1
            print(f"listed as equivalent, but {answer}: {name}")
        counted["equivalent" if name in listed and answer == "survived" else answer] += 1
    noticed = counted["killed"] + counted["out of time"]
    rate = 100 * noticed / max(1, noticed + counted["survived"])
    print(f"{len(questions)} of {pool:,} mutants (seed {seed}) in {seconds / 60:.1f} min: {counted['killed']} killed, "
          f"{counted['out of time']} out of time, {counted['survived']} survived, {counted['equivalent']} equivalent: "
          f"{rate:.1f} % noticed of those that are not")  # fmt: skip
    if unfinished := counted["not asked"] + counted["not placed"]:
        print(f"{unfinished} of them were not asked; what was asked first is no fair sample: give it more --minutes")
    return int(rate < 90 or wrong > 0 or unfinished > 0)


if __name__ == "__main__":
    raise SystemExit(main())

"""Which procedures and departments a need leads to: the derivation alone, without a database."""

from pathlib import Path

import pytest

from minsheng.work.casework.needs import UnableToReadNeeds, needs, read_needs
from minsheng.work.casework.rules.joining import Likelihood, Need, NeedPartner, NeedPath, Standing, plan_for


def standing(scheme: str, likelihood: Likelihood, *, person: int | None = None, fen: int = 0) -> Standing:
    return Standing(scheme, scheme, person, "某人", likelihood, fen)


def need(*paths: NeedPath, partners: tuple[NeedPartner, ...] = ()) -> Need:
    return Need("n", "困难", "有困难", paths, partners)


def keys(wanted: Need, *standings: Standing) -> list[tuple[str, bool]]:
    plan = plan_for(
        [wanted], standings=standings, procedures={"a": "pa", "b": "pb"}, partners={"p": "部门"}, applicant_id=1
    )
    return [(part.key, part.proposed) for part in plan.parts]


def test_of_several_that_fit_the_one_that_gives_most_is_proposed() -> None:
    path = NeedPath(False, False, ("a", "b"))
    both = (standing("a", Likelihood.LIKELY, fen=1), standing("b", Likelihood.LIKELY, fen=2))
    assert keys(need(path), *both) == [("b:0", True)]
    assert keys(need(path), standing("a", Likelihood.UNLIKELY), standing("b", Likelihood.OPEN)) == [("b:0", True)]
    assert keys(need(path), standing("a", Likelihood.UNLIKELY)) == [("a:0", False)]
    assert keys(need(NeedPath(False, True, ("a",))), standing("a", Likelihood.UNLIKELY)) == [("a:0", True)], "news"
    assert keys(need(NeedPath(False, False, ("c",))), standing("c", Likelihood.LIKELY)) == [], "no procedure, no case"


def test_each_person_who_fits_gets_a_part_and_what_runs_stands_beside() -> None:
    path = NeedPath(True, False, ("a",))
    people = [standing("a", Likelihood.LIKELY, person=p) for p in (1, 2)]
    assert keys(need(path), *people, standing("a", Likelihood.UNLIKELY, person=3)) == [("a:1", True), ("a:2", True)]
    held = standing("a", Likelihood.RECEIVED, person=4)
    assert keys(need(path), held, people[0]) == [("a:4", False), ("a:1", True)]
    assert keys(need(NeedPath(False, False, ("a", "b"))), held, standing("b", Likelihood.LIKELY)) == [("a:4", False)]


def test_the_applicant_stands_before_the_others_of_the_family() -> None:
    path = NeedPath(False, True, ("a",))
    people = [standing("a", Likelihood.OPEN, person=p) for p in (3, 1, 2)]
    assert keys(need(path), *people) == [("a:1", True)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {code: x, label: x, question: x}", "leads nowhere"),
        ("- {code: x, label: x, question: x, partners: [{partner: nobody}]}", "no partner"),
        ("- {code: x, label: x, question: x, paths: [{pick: best, schemes: [old_age_allowance]}]}", "no procedure"),
        ("- {code: x, label: x, question: x, partners: [{partner: care, scheme: none}]}", "the rulebook has no"),
        ("- {label: x}", "KeyError"),
    ],
)
def test_a_list_of_needs_that_names_nothing_real_is_not_read(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "needs.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UnableToReadNeeds, match=says):
        read_needs(file)
    assert len(needs()) >= 10

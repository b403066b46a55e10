"""The model check: random walks over the operations never reach an approval without every step of the law."""

import pytest
from django.utils import timezone

from minsheng.work.casework import acting
from minsheng.work.casework.rules import requirements, transitions
from minsheng.work.casework.types import Act, Status
from work.casework.conftest import Office, members_of
from work.casework.walking import MATTERS, Entry, Pages, faults, walk

pytestmark = pytest.mark.xdist_group("district")


def test_a_walk_reaches_approvals_and_none_by_a_shortcut(office: Office) -> None:
    found = walk(office, steps=1_200, seed=1)
    assert found.violations == []
    assert found.approved > 0, "a walk that approves nobody proves nothing"


@pytest.mark.slow
@pytest.mark.exhaustive
def test_twenty_thousand_steps_reach_no_approval_by_a_shortcut(office: Office) -> None:
    found = walk(office, steps=20_000, seed=20_260_701)
    assert found.steps == 20_000
    assert found.violations == []
    assert found.approved >= 40, f"only {found.approved} approvals in {found.done} acts"


@pytest.mark.parametrize(
    ("steps", "approvals"),
    [pytest.param(100, 0, id="100"), pytest.param(1_000, 3, id="1000", marks=pytest.mark.exhaustive)],
)
def test_a_walk_over_the_pages_reaches_no_approval_by_a_shortcut_either(
    office: Office, monkeypatch: pytest.MonkeyPatch, steps: int, approvals: int
) -> None:
    now = [office.at]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    pages = Pages(members_of(office), lambda at: now.__setitem__(0, at))
    found = walk(office, steps=steps, seed=5, by_pages=pages)
    assert pages.sent > steps // 2
    assert found.done > steps // 5
    assert found.violations == []
    assert found.approved >= approvals


def test_the_walk_finds_a_planted_shortcut(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: an approval straight from the opinion, past the notice. Rules gone, only the trigger is left."""
    shortcut = dict(transitions.TRANSITIONS) | {(Status.OPINED, Act.APPROVE): Status.APPROVED}
    monkeypatch.setattr(transitions, "TRANSITIONS", shortcut)
    monkeypatch.setattr(requirements, "REQUIREMENTS", dict(requirements.REQUIREMENTS) | {Act.APPROVE: ()})
    found = walk(office, steps=1_500, seed=2, to_first_fault=True)
    assert any("casework_no_shortcut" in fault for fault in found.violations), found


def test_the_oracle_finds_a_person_who_does_two_duties(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of separate duties: without the requirement, somebody accepts and then gives the opinion."""
    checks = dict(requirements.REQUIREMENTS)
    monkeypatch.setattr(requirements, "REQUIREMENTS", checks | {Act.GIVE_OPINION: ()})
    monkeypatch.setattr(acting, "capability_of", lambda act, *, delegated: "casework.view")
    monkeypatch.setattr(transitions, "capability_of", lambda act, *, delegated: "casework.view")
    found = walk(office, steps=2_500, seed=3, to_first_fault=True)
    assert found.violations, found


@pytest.mark.parametrize("missing", MATTERS[0][3])
def test_the_oracle_misses_no_missing_step(missing: str) -> None:
    from datetime import date

    law = MATTERS[0][3]
    day = date(2026, 11, 3)
    days = {"end": date(2026, 11, 11)}
    diary = [Entry(step, number, days.get(step, day)) for number, step in enumerate(law)]
    assert faults([*diary, Entry("approve", 99, day)], law) == []
    short = [entry for entry in diary if entry.what != missing]
    assert any("approved without" in fault for fault in faults([*short, Entry("approve", 99, day)], law))

"""救助“一件事”: one authorisation and one question to each source stand in the file of every part."""

import pytest

from minsheng.foundation.access.context import acting_as
from minsheng.work.casework import operations as casework
from minsheng.work.casework import queries
from minsheng.work.casework.checking.asking import Answer, Question
from minsheng.work.casework.models import (
    Authorisation,
    Case,
    CaseAct,
    Check,
)
from minsheng.work.casework.queries.case import CheckLine
from minsheng.work.casework.queries.lists import ids_waiting_for_answers
from minsheng.work.casework.types import Act, CheckState
from work.casework.conftest import FAMILY, Office
from work.casework.joining import authorised, opened_together, together


def checks_of(office: Office, case_id: int) -> dict[int, CheckLine]:
    clerk = office("street_intake")
    with acting_as(viewer=clerk, at=office.at):
        file = queries.case_file(viewer=clerk, at=office.at, case_id=case_id)
    assert file is not None
    return {line.id: line for line in file.checks}


def checked_together(office: Office) -> tuple[int, list[int]]:
    """This function will bring a joint application to the check; return it and the parts that are checked."""
    joint_id = opened_together(office)
    authorised(office, joint_id)
    together(office, joint_id, Act.SUBMIT, declared_true=True)
    together(office, joint_id, Act.ACCEPT)
    together(office, joint_id, Act.START_INVESTIGATION)
    done = together(office, joint_id, Act.REQUEST_CHECK)
    return joint_id, list(done.done)  # type: ignore[attr-defined]


class Counting:
    """A source that answers everything and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append((question.source, question.subject_kind.value, question.subject_id))
        return Answer({}, question.asked_at, 70, "查无")


def test_each_source_is_asked_once_about_each_person_and_every_part_stands_on_the_answer(office: Office) -> None:
    clerk = office("street_intake")
    _, (first, second, *_) = checked_together(office)
    with acting_as(viewer=clerk, at=office.at):
        rows = list(Check.objects.filter(case__household_id=FAMILY))
    asked = [(row.source, row.subject_kind, row.subject_id) for row in rows]
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    lines = {number: checks_of(office, number) for number in (first, second)}
    common = set(lines[first]) & set(lines[second])
    assert common, "both stand on the same check"
    with acting_as(viewer=clerk, at=office.at):
        numbers = {case.pk: case.number for case in Case.objects.filter(pk__in=[first, second])}
    assert all(numbers[second] in lines[first][check].with_others for check in common)
    assert all(numbers[first] not in lines[first][check].with_others for check in common)
    source = Counting()
    casework.collect_answers(actor=office("system"), at=office.at, case_id=second, source=source)
    casework.collect_answers(actor=office("system"), at=office.at, case_id=first, source=source)
    assert len(source.asked) == len(set(source.asked))
    assert all(
        line.state is CheckState.MISS for number in (first, second) for line in checks_of(office, number).values()
    )


def test_a_separate_application_asks_for_itself_and_so_does_another_day(office: Office) -> None:
    """The control: what is shared is one letter of one day, not whatever was once asked of the same people."""
    clerk = office("street_intake")
    joint_id = opened_together(office)
    authorised(office, joint_id)
    together(office, joint_id, Act.SUBMIT, declared_true=True)
    together(office, joint_id, Act.ACCEPT)
    together(office, joint_id, Act.START_INVESTIGATION)
    with acting_as(viewer=clerk, at=office.at):
        letter = Authorisation.objects.get(joint_id=joint_id)
    first, second, *_ = letter.covers
    casework.request_check(actor=clerk, at=office.at, case_id=first)
    office.days(1)
    casework.request_check(actor=clerk, at=office.at, case_id=second)
    assert not set(checks_of(office, first)) & set(checks_of(office, second))


def test_what_is_said_against_a_shared_check_stands_in_every_part_and_one_new_check_serves_them(office: Office) -> None:
    clerk = office("street_intake")
    _, (first, second, *_) = checked_together(office)
    casework.collect_answers(actor=office("system"), at=office.at, case_id=first, source=Counting())
    contested = min(set(checks_of(office, first)) & set(checks_of(office, second)))
    casework.object_to_check(
        actor=clerk, at=office.at, case_id=second, check_id=contested, words_said="车已经卖了"
    )  # fmt: skip
    assert checks_of(office, first)[contested].state is CheckState.OBJECTED
    with acting_as(viewer=clerk, at=office.at):
        assert CaseAct.objects.filter(case_id=first, act=Act.OBJECT_TO_CHECK.value).exists()
    assert casework.request_check(actor=clerk, at=office.at, case_id=first) == 1
    again = max(checks_of(office, second))
    assert again in checks_of(office, first)
    assert contested not in checks_of(office, second)
    casework.revoke_authorisation(actor=clerk, at=office.at, case_id=second, reason="本人书面撤回")
    with pytest.raises(casework.UnableToProceed, match="授权"):
        casework.request_check(actor=clerk, at=office.at, case_id=first)


def test_the_check_goes_on_with_another_part_when_the_one_that_asked_is_taken_back(office: Office) -> None:
    clerk = office("street_intake")
    _, (first, second, *_) = checked_together(office)
    casework.withdraw(actor=clerk, at=office.at, case_id=first, reason="先不办")
    with acting_as(viewer=clerk, at=office.at):
        assert second in ids_waiting_for_answers(on=office.at.date())
        assert first not in ids_waiting_for_answers(on=office.at.date())
    casework.collect_answers(actor=office("system"), at=office.at, case_id=second, source=Counting())
    assert all(line.state is CheckState.MISS for line in checks_of(office, second).values())

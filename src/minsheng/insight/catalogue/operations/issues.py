"""What whoever answers for the data does about an issue. Nobody closes one by saying so: a better measurement does."""

from datetime import datetime

from django.db import transaction

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.audit import operations as audit
from minsheng.insight.catalogue.models import Issue
from minsheng.insight.catalogue.rules import BY_PEOPLE, state_after
from minsheng.insight.catalogue.types import IssueAct, IssueState


class UnableToChangeIssue(ValueError):
    """The act does not follow from where the issue stands: says why and what to do."""


class UnableToFindIssue(LookupError):
    """There is no issue of this number."""


def act_on_issue(*, actor: Viewer, at: datetime, issue_id: int, act: IssueAct, words: str = "") -> IssueState:
    """This function will take an issue, give it back, answer it (with words) or reopen it; returns where it stands."""
    require(viewer=actor, capability="catalogue.answer")
    with transaction.atomic():
        issue = Issue.objects.select_for_update(no_key=True).filter(pk=issue_id).first()
        if issue is None:
            raise UnableToFindIssue("没有找到这个问题。")
        after = state_after(IssueState(issue.state), act) if act in BY_PEOPLE else None
        if after is None:
            raise UnableToChangeIssue(
                f"这个问题现在是“{IssueState(issue.state).label}”，不能再做这一步。请刷新后再看。"
            )
        if act is IssueAct.ANSWER and not words.strip():
            raise UnableToChangeIssue("请写明原因和怎么改，再答复。")
        issue.state, issue.changed_at = after, at
        if act is IssueAct.TAKE:
            issue.handler_id, issue.handler_name = actor.account_id, actor.name
        elif act in (IssueAct.GIVE_BACK, IssueAct.REOPEN):
            issue.handler_id, issue.handler_name = None, ""
        elif act is IssueAct.ANSWER:
            issue.answer = words.strip()[:400]
        issue.save()
        audit.record(
            actor=actor,
            at=at,
            action=f"catalogue.issue_{act.value}",
            object_type="catalogue.issue",
            object_id=str(issue_id),
            detail={"dataset": issue.dataset, "field": issue.field, "dimension": issue.dimension},
        )
    return after

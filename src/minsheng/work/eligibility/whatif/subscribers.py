"""A publication can change the rules that trials run on; they are compiled before somebody asks. Safe to repeat."""

from datetime import datetime

from minsheng.foundation.accounts.types import Viewer
from minsheng.foundation.events.operations import subscribe
from minsheng.foundation.jobs.declaring import enqueue
from minsheng.work.eligibility.publishing.events import PolicyPublished


def listen() -> None:
    """This function will subscribe to publications."""
    subscribe(PolicyPublished, compile_what_is_published, name="whatif.policy_published")


def compile_what_is_published(happened: PolicyPublished, /, *, actor: Viewer, at: datetime) -> None:
    """This function will queue the compilation of the rules as they are published now."""
    from minsheng.work.eligibility.whatif.jobs import compile_rules

    enqueue(compile_rules, once=compile_rules.name)

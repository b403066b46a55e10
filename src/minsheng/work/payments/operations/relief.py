"""Relief that a decision gives once: out of the nearest float, else by the bank with the next run, and never both."""

from datetime import datetime

from minsheng.foundation.access.context import acting_as
from minsheng.foundation.accounts.types import Viewer
from minsheng.work.payments.operations.floats import ask_float
from minsheng.work.payments.operations.grants import open_grant
from minsheng.work.payments.rules.months import first_of, plus
from minsheng.work.payments.types import NewDraw, NewGrant, NewRelief, Relief


def give_relief(*, actor: Viewer, at: datetime, relief: NewRelief) -> Relief:
    """This function will have relief paid once: asked of a float, or, where none may pay it, opened as a grant.

    The grant is of one amount that the next run pays (a further batch of this month, if the month's is out), or of
    dated parts, each paid by the first run from its month on. A family that is struck twice in one month is helped
    twice, each by its own decision: how much a year may give is the rulebook's to bound (临救2018 二(三)). Raises
    UnableToUseFloat or UnableToOpenGrant, as for a used decision.
    """
    with acting_as(viewer=actor, at=at):
        draw = NewDraw(
            decision=relief.decision,
            use=relief.use,
            scheme=relief.scheme,
            household_id=relief.household_id,
            person_id=relief.person_id,
            amount_fen=relief.amount_fen,
        )
        draw_id = None if relief.parts else ask_float(actor=actor, at=at, draw=draw)
        if draw_id is not None:
            return Relief(draw_id=draw_id, grant_id=None)
        parts = relief.parts or ((first_of(at.date()), relief.amount_fen),)
        grant = NewGrant(
            decision=relief.decision,
            scheme=relief.scheme,
            household_id=relief.household_id,
            person_id=relief.person_id,
            payee_person_id=relief.payee_person_id,
            amount_fen=relief.amount_fen,
            first_month=parts[0][0],
            end_month=plus(parts[-1][0], 1),
            payee=relief.payee,
            once=True,
            parts=relief.parts,
        )
        return Relief(draw_id=None, grant_id=open_grant(actor=actor, at=at, grant=grant))

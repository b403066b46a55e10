from minsheng.foundation.access.operations.areas import database_role, put_area, state_purpose
from minsheng.foundation.access.operations.duty import UnableToBeOnDuty, begin_duty, end_duty
from minsheng.foundation.access.operations.glass import (
    UnableToBreakGlass,
    alarm_unreviewed,
    break_glass,
    close_glass,
    review_glass,
)
from minsheng.foundation.access.operations.grants import (
    UnableToGrantRole,
    approve_grant,
    confirm_grant,
    end_grant,
    propose_grant,
    refuse_grant,
)

__all__ = [
    "UnableToBeOnDuty",
    "UnableToBreakGlass",
    "UnableToGrantRole",
    "alarm_unreviewed",
    "approve_grant",
    "begin_duty",
    "break_glass",
    "close_glass",
    "confirm_grant",
    "database_role",
    "end_duty",
    "end_grant",
    "propose_grant",
    "put_area",
    "refuse_grant",
    "review_glass",
    "state_purpose",
]

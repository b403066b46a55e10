from minsheng.foundation.entrance.operations.forms import drop_kept, keep_form, kept_fields, kept_for, kept_pages
from minsheng.foundation.entrance.operations.officers import (
    UnableToManageAccount,
    disable,
    disable_dormant,
    enable,
    issue_new_password,
    open_staff_account,
    reset_factors,
    set_identity,
    sign_out_everywhere,
)
from minsheng.foundation.entrance.operations.sessions import (
    UnableToEndSession,
    end_all_sessions,
    end_session,
    follow,
    rotate,
    touch,
)
from minsheng.foundation.entrance.operations.signing_in import (
    record_factor,
    record_refusal,
    record_sign_in,
    set_own_password,
)

__all__ = [
    "UnableToEndSession",
    "UnableToManageAccount",
    "disable",
    "disable_dormant",
    "drop_kept",
    "enable",
    "end_all_sessions",
    "end_session",
    "follow",
    "issue_new_password",
    "keep_form",
    "kept_fields",
    "kept_for",
    "kept_pages",
    "open_staff_account",
    "record_factor",
    "record_refusal",
    "record_sign_in",
    "reset_factors",
    "rotate",
    "set_identity",
    "set_own_password",
    "sign_out_everywhere",
    "touch",
]

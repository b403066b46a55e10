"""What of a grant is vouched for: whoever writes a right into the database does not get it."""

from minsheng.foundation.sealing.macs import RowMac, declare

GRANT_ROW = declare(
    RowMac(
        "access_grant",
        (
            "account_id", "role", "sees_records", "sees_audit", "apart", "area_id", "valid_from", "valid_to",
            "granted_by_id", "approved_by_id",
        ),
        "岗位授权",
        later=(("clearance", 0),),
    )
)  # fmt: skip

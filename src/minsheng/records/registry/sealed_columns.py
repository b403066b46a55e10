"""Which columns of the registry are sealed; the names are bound into every seal and index, so they never change."""

from minsheng.foundation.sealing.types import SealedColumn, ValueKind

ID_NUMBER = SealedColumn("registry_person", "id_number", ValueKind.ID_NUMBER)
PHONE = SealedColumn("registry_person", "phone", ValueKind.PHONE)


def tail_number(tail: bytes) -> int:
    """This function will return the two bytes of a last-four index as the small integer that is stored."""
    return int.from_bytes(tail, "big", signed=True)

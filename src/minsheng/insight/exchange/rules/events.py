"""What happened in the house, in the words of the standard. Pure."""

from minsheng.insight.exchange.types import EventCode

_NAMED = {code.value.lower(): code for code in EventCode} | {"birth": EventCode.BIRTH}
# The two that the standard's NotifyEventRequest has a code for; the others stand in the record only.
IN_THE_STANDARD = frozenset({EventCode.REGISTER, EventCode.NEW_MEMBER})
BABY_DAYS = 365  # registered within so many days of being born: a birth, not only a registration


def event_named(text: str) -> EventCode | None:
    """This function will read an event type, with or without its prefix (spdci-common:RegistryEventType:LiveBirth)."""
    return _NAMED.get(text.rpartition(":")[2].lower())

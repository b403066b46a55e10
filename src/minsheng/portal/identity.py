"""Doors that prove who a resident is without a counter: one interface, so that 浙里办 can be put behind it.

浙里办 is not connected: its interface needs a contract and keys that this project does not have. Until then
`NotConnected` stands here and says so; an installation names its adapter in the setting `IDENTITY_PROVIDER`.
"""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class ProvenIdentity:
    """What a provider vouches for: the number and the name of the person who stands at its door."""

    id_number: str
    name: str


class UnableToProveIdentity(ValueError):
    """The provider does not vouch for anybody: says why and what to do."""


class IdentityProvider(Protocol):
    """Turns the ticket that a provider sent back with the browser into an identity, by asking the provider."""

    def prove(self, *, ticket: str) -> ProvenIdentity:
        """This method will return who it is, or raise UnableToProveIdentity."""
        ...


class NotConnected:
    """The stub: nobody is proven."""

    def prove(self, *, ticket: str) -> ProvenIdentity:
        """This method will say what to do instead."""
        raise UnableToProveIdentity("还没有接通浙里办。请用窗口打印的 12 位数字登录。")


def provider() -> IdentityProvider:
    """This function will return the adapter of this installation."""
    named = str(getattr(settings, "IDENTITY_PROVIDER", ""))
    chosen: IdentityProvider = import_string(named)() if named else NotConnected()
    return chosen

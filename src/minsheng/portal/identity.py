"""Doors that prove who a resident is without a counter: one interface, so that 浙里办 can be put behind it.

Off by default: `NotConnected` stands here and says so. An installation with a contract and keys names its adapter in
the setting `IDENTITY_PROVIDER` (`minsheng.portal.zheliban.from_settings`).
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

    def leads_to(self, *, state: str, back: str) -> str:
        """This method will return where the browser is sent to prove it."""
        ...


class NotConnected:
    """The stub: nobody is proven."""

    def prove(self, *, ticket: str) -> ProvenIdentity:
        """This method will say what to do instead."""
        raise UnableToProveIdentity("还没有接通浙里办。请用窗口打印的 12 位数字登录。")

    def leads_to(self, *, state: str, back: str) -> str:
        """This method will say the same."""
        return self.prove(ticket=state).name


def provider() -> IdentityProvider:
    """This function will return the adapter of this installation."""
    named = str(getattr(settings, "IDENTITY_PROVIDER", ""))
    chosen: IdentityProvider = import_string(named)() if named else NotConnected()
    return chosen


def connected() -> bool:
    """This function will say whether an installation has named an adapter, so that the sign-in page offers it."""
    return bool(getattr(settings, "IDENTITY_PROVIDER", ""))

"""The one way out: JSON from the hosts that the configuration names, by TLS, without redirects, in seconds."""

from typing import Any
from urllib.parse import urlsplit

import requests

SECONDS = 5
LONGEST_ANSWER = 200_000
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UnableToAskService(RuntimeError):
    """The other service does not answer, or answers what cannot be used. Nobody is let in by it."""


def ask(
    method: str,
    url: str,
    *,
    hosts: frozenset[str],
    fields: dict[str, str] | None = None,
    basic: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """This function will ask one of the allowed hosts and return its JSON object."""
    where = urlsplit(url)
    if (where.hostname or "") not in hosts:
        raise UnableToAskService(f"{where.hostname} is not among the hosts of this service")
    if where.scheme != "https" and where.hostname not in LOOPBACK:
        raise UnableToAskService("the service must be asked by https")
    reads = method == "GET"
    try:
        session = requests.Session()
        session.trust_env = False
        answer = session.request(
            method,
            url,
            params=fields if reads else None,
            data=None if reads else fields,
            auth=basic,
            headers=headers,
            timeout=SECONDS,
            allow_redirects=False,
            stream=True,
        )
        body = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
        if answer.status_code != 200 or len(body) > LONGEST_ANSWER:
            raise UnableToAskService(f"{where.hostname} answered {answer.status_code}")
        answer._content = body
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise UnableToAskService(f"{where.hostname} cannot be used: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise UnableToAskService(f"{where.hostname} answered no object")
    return found

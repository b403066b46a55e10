"""One HTTP request to a partner's registered address. No redirect is followed, no proxy believed."""

from typing import Any

import requests

SECONDS = (5, 20)  # to connect, to answer
_MOST_ANSWERED = 64 * 1024


def deliver(*, url: str, body: dict[str, Any]) -> str:
    """This function will post one message and return why it did not arrive, in plain words; empty when it did."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.post(url, json=body, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
                answer.raw.read(_MOST_ANSWERED)
                if 200 <= answer.status_code < 300:
                    return ""
                return f"对方答复 HTTP {answer.status_code}"
        except requests.Timeout:
            return "对方没有在时限内答复"
        except requests.RequestException as error:
            return f"连不上对方：{type(error).__name__}"

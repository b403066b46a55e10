"""The description that is served: the published one, cut down to the addresses that this side of the exchange has.

Serving the standard's own text, instead of one generated from our code, means that a partner's tools read exactly what
the standard says; that we behave so is tested against the same text.
"""

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PUBLISHED = Path(__file__).parents[1] / "data" / "social_api_v1.0.0.yaml"
SERVED = (
    "/registry/search",
    "/registry/subscribe",
    "/registry/unsubscribe",
    "/registry/txn/status",
    "/registry/sync/search",
    "/registry/sync/txn/status",
)


@lru_cache(maxsize=1)
def published() -> dict[str, Any]:
    """This function will return the published description, word for word."""
    found: dict[str, Any] = yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))
    return found


def served_description(*, server: str) -> dict[str, Any]:
    """This function will return what we serve of it: no file uploads, and no bearer token beside the signature.

    The standard writes 1.0.0 where it means the version of its description into the text above it; a description
    without `version` is not valid, so it is put where it belongs.
    """
    found = copy.deepcopy(published())
    found["info"]["version"] = "1.0.0"
    found["servers"] = [{"url": server}]
    found["paths"] = {path: found["paths"][path] for path in SERVED}
    for operations in found["paths"].values():
        operations["post"].pop("security", None)
        operations["post"]["requestBody"]["content"].pop("multipart/form-data", None)
    return found

"""The published description as a judge of messages."""

from functools import lru_cache
from typing import Any

import jsonschema_rs

from minsheng.insight.exchange.api.described import published


@lru_cache
def _validator(path: str, part: str) -> Any:
    operation = published()["paths"][path]["post"]
    if part == "request":
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
    elif part == "401":
        schema = published()["components"]["responses"]["HttpErrorResponse"]["content"]["application/json"]["schema"]
    else:
        answer = operation["responses"]["default"]
        if "$ref" in answer:
            answer = published()["components"]["responses"]["Response"]
        schema = answer["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft4Validator(schema | {"components": published()["components"]}, validate_formats=True)


def faults(path: str, part: str, body: Any) -> list[str]:
    """This function will say what the published description has against a body of an address."""
    return [f"{list(e.instance_path)}: {e.message}" for e in _validator(path, part).iter_errors(body)]

"""RFC 9457: every refusal of the API is `application/problem+json`, in Chinese, with an id to quote."""

import json
import logging
from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.errors import Throttled as TooManyRequests

log = logging.getLogger("minsheng.api")

TYPES = {
    400: ("bad-request", "这个请求没看懂，没有办理"),
    401: ("not-signed-in", "请先登录"),
    403: ("not-allowed", "没有这项权限"),
    404: ("not-found", "没有找到"),
    405: ("method-not-allowed", "这个地址不能这样用"),
    409: ("conflict", "与现在的情况冲突，没有办理"),
    412: ("changed-meanwhile", "内容已被别人改过，没有办理"),
    413: ("too-large", "内容太大，没有收下"),
    422: ("not-valid", "有几处需要改正"),
    429: ("too-many-requests", "请求太频繁"),
    500: ("unexpected", "出了错，是我们的问题"),
    503: ("unavailable", "暂时办不了"),
}
_MESSAGES = {
    "missing": "没有填",
    "int_parsing": "要填整数",
    "int_type": "要填整数",
    "int_from_float": "要填整数",
    "string_type": "要填文字",
    "bool_parsing": "要填 true 或 false",
    "uuid_parsing": "不是有效的编号",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "greater_than_equal": "太小",
    "greater_than": "太小",
    "less_than_equal": "太大",
    "less_than": "太大",
    "extra_forbidden": "不认识这一项",
    "json_invalid": "不是 JSON",
}


def _undo() -> None:
    # ninja answers inside the request's transaction; without this, half-done work would commit.
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block:
            connection.set_rollback(True)


def problem(
    request: HttpRequest,
    *,
    status: int,
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """This function will build one problem document and undo the request's transaction: refused means nothing done.

    `instance` is the request id that the log knows too.
    """
    _undo()
    return problem_answer(request, status=status, detail=detail, errors=errors, headers=headers)


def problem_answer(
    request: HttpRequest,
    *,
    status: int,
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """This function will build one problem document, for whoever refuses outside of the request's transaction."""
    name, title = TYPES.get(status, TYPES[500] if status >= 500 else TYPES[400])
    body: dict[str, Any] = {
        "type": f"/problems/{name}",
        "title": title,
        "status": status,
        "instance": f"urn:uuid:{getattr(request, 'request_id', '') or uuid4().hex}",
    }
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    content = json.dumps(body, ensure_ascii=False)
    response = HttpResponse(content, status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    for header, value in (headers or {}).items():
        response.headers[header] = value
    return response


def tell_problems(api: NinjaAPI) -> None:
    """This function will register the handlers on an API."""

    @api.exception_handler(ValidationError)
    def not_valid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
        return problem(request, status=422, detail="请改正后再提交。", errors=[_error(e) for e in exc.errors])

    @api.exception_handler(AuthenticationError)
    def not_signed_in(request: HttpRequest, exc: AuthenticationError) -> HttpResponse:
        return problem(request, status=401, detail="登录已经结束或没有登录，请登录后再试。")

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, exc: Http404) -> HttpResponse:
        # The same words for what does not exist and for what others may see.
        return problem(request, status=404, detail="编号可能写错了，也可能不在您负责的区域。")

    @api.exception_handler(PermissionError)
    @api.exception_handler(PermissionDenied)
    def not_allowed(request: HttpRequest, exc: Exception) -> HttpResponse:
        return problem(request, status=403, detail=str(exc) or "需要时请联系本单位的安全管理员。")

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, exc: Exception) -> HttpResponse:
        return problem(request, status=413, detail="一次发来的内容太大。请分成几次。")

    @api.exception_handler(BadRequest)
    def bad_request(request: HttpRequest, exc: BadRequest) -> HttpResponse:
        ours = type(exc).__module__.startswith("minsheng.")
        return problem(request, status=400, detail=str(exc) if ours else "请核对请求的格式。")

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, exc: HttpError) -> HttpResponse:
        headers = {"Retry-After": str(exc.wait)} if isinstance(exc, TooManyRequests) and exc.wait else None
        known = {
            "Cannot parse request body": "请求的内容不是 JSON。",
            "CSRF check Failed": "登录换过或页面放得太久。请刷新页面，带上新的 X-CSRFToken 再提交。",
        }
        ours = exc.message if any("\u4e00" <= c <= "\u9fff" for c in exc.message) else ""
        return problem(
            request, status=exc.status_code, detail=known.get(exc.message.split(" (")[0], ours), headers=headers
        )

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def unavailable(request: HttpRequest, exc: Exception) -> HttpResponse:
        log.error("database unavailable", exc_info=exc)
        return problem(request, status=503, detail="数据库暂时连不上，请过一会儿再试。", headers={"Retry-After": "60"})

    @api.exception_handler(Exception)
    def unexpected(request: HttpRequest, exc: Exception) -> HttpResponse:
        # The trace goes to the log, never to the caller.
        log.error("unexpected error in the API", exc_info=exc)
        return problem(request, status=500, detail="已经记录下来。这一步整个没有办成，可以带着同样的内容再试一次。")


def _error(error: dict[str, Any]) -> dict[str, str]:
    """One field's error; the value itself is not repeated, because it may be an id number."""
    place = [str(part) for part in error.get("loc", ())]
    # ninja's place is (source, parameter name of the handler, field …): the first two mean nothing to the caller.
    path = place[2:] if place[:1] in (["body"], ["form"]) and len(place) > 2 else place[1:] or place
    kind = str(error.get("type", ""))
    message = str(error.get("msg", "")).removeprefix("Value error, ")
    chinese = any("\u4e00" <= c <= "\u9fff" for c in message)
    fallback = "日期要写成 2026-11-03" if kind.startswith(("date_", "datetime_")) else "填写不对"
    return {
        "pointer": "/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in path),
        "code": kind,
        "message": message if chinese else _MESSAGES.get(kind, fallback),
    }

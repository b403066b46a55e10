"""The addresses of the standard. Who may come in is proved by the signature of the message, not by a session."""

import json
import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from minsheng.foundation.sealing.keyring import UnableToReadKeyring
from minsheng.insight.exchange.api.described import served_description
from minsheng.insight.exchange.operations import not_taken, receive
from minsheng.insight.exchange.queries.listing import own_public_keys
from minsheng.insight.exchange.signing import UnableToSign
from minsheng.insight.exchange.types import Action, ErrorCode

LARGEST = 256 * 1024
log = logging.getLogger("minsheng.exchange")


def door(action: Action, *, sync: bool = False) -> Callable[..., HttpResponse]:
    """This function will return the view that takes messages of one action."""

    def refused(
        request: HttpRequest, status: int, code: ErrorCode, words: str, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        at = request.at  # type: ignore[attr-defined]
        answer = not_taken(at=at, action=action, sync=sync, code=code.value, words=words, status=status)
        response = _json(answer.status, answer.body)
        for name, value in (headers or {}).items():
            response.headers[name] = value
        return response

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return refused(request, 405, ErrorCode.BAD, "这个地址只收 POST。", {"Allow": "POST"})
        if request.content_type != "application/json":
            return refused(request, 415, ErrorCode.BAD, "只收 application/json。上传文件没有实现。")
        try:
            raw = request.read(LARGEST + 1)
        except (OSError, RequestDataTooBig):
            return refused(request, 400, ErrorCode.BAD, "消息没有收完整。")
        if len(raw) > LARGEST:
            return refused(request, 413, ErrorCode.BAD, f"消息超过 {LARGEST // 1024} KB。请分几次发送。")
        try:
            with transaction.atomic():
                answer = receive(
                    at=request.at,  # type: ignore[attr-defined]
                    raw=raw,
                    action=action,
                    sync=sync,
                    request_id=getattr(request, "request_id", ""),
                )
        except (UnableToSign, UnableToReadKeyring, DatabaseError) as error:
            # The partner may send the same message again: the transaction took everything back.
            log.exception("the exchange cannot answer", exc_info=error)
            return refused(request, 503, ErrorCode.UNAVAILABLE, "现在不能答复，请稍后用同一条消息再试。")
        response = _json(answer.status, answer.body)
        if answer.status == 429:
            response.headers["Retry-After"] = "60"
        return response

    return view


def description(request: HttpRequest) -> HttpResponse:
    """This view will serve the published description, cut down to what is served here."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    return _json(200, served_description(server=request.build_absolute_uri("./").rstrip("/")))


def keys(request: HttpRequest) -> HttpResponse:
    """This view will serve the public key that our answers are signed with (RFC 7517)."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    return _json(200, {"keys": own_public_keys()})


def _json(status: int, body: object) -> HttpResponse:
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response

"""Between the request's transaction and the view: an act is done once for its key, however often it is sent.

A form brings its key in a hidden field, the interface in a header. Addresses whose POST changes nothing that counts
stand with their reason in settings REPEATABLE; everything else needs a key, a new address too.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from minsheng.foundation.api.problems import problem
from minsheng.foundation.once import operations
from minsheng.foundation.once.rules import (
    ACTING,
    FIELD,
    HEADER,
    KEPT_HEADERS,
    WAIT_SECONDS,
    Answer,
    Asked,
    Verdict,
    digest_of,
    is_kept,
    is_key,
)
from minsheng.foundation.pages.views import Story, tell

log = logging.getLogger("minsheng.once")

NO_KEY = Story(
    400,
    "这张表不完整，没有办理",
    "表里少了一个编号。页面可能没有完全打开，也可能是别的程序送来的。",
    "没有改动任何数据；您填的内容还留在上一页。",
    "请返回上一页，刷新后再提交一次。",
)
OTHER = Story(
    422,
    "这张表已经交过一次了",
    "同一张表先后交了两次，内容不一样。第一次的已经收下，这一次的没有收。",
    "第一次交的内容还在，没有被改动。",
    "请回到首页，从名单里打开这一件，看办到哪一步；要改的，重新打开表再填。",
)
RUNNING = Story(
    409,
    "上一次提交还在办，请等一等",
    "同一张表您刚才已经交过，还没有办完。",
    "没有重复办理。",
    "请等几秒钟再刷新，就能看到上一次的结果。",
    retry=True,
)
DONE = Story(
    409,
    "这一步已经办好了，没有重复办",
    "同一张表您已经交过一次，结果太长，没有留底。",
    "第一次办的结果还在。",
    "请回到首页，从名单里打开这一件，就能看到结果。",
)


def run(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """This function will run a view, at most once for the key that the request brings."""
    match = request.resolver_match
    name = match.view_name if match else ""
    if request.method not in ACTING or name in settings.REPEATABLE:
        return act()
    key = request.headers.get(HEADER) or request.POST.get(FIELD, "")
    if not is_key(key):
        return _refuse(request, NO_KEY)
    asked = Asked(key, _actor(request), f"{request.method} {request.get_full_path()}"[:400], _digest(request))
    verdict, before = operations.claim(asked=asked, at=request.at)  # type: ignore[attr-defined]
    if verdict is Verdict.FIRST:
        return _first(request, key, act)
    log.info("an act was sent again: %s", verdict)
    if verdict is Verdict.SAME and before is not None:
        return _again(request, before)
    return _refuse(request, {Verdict.SAME: DONE, Verdict.OTHER: OTHER, Verdict.RUNNING: RUNNING}[verdict])


def _first(request: HttpRequest, key: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    response = act()
    if connection.needs_rollback:
        return response  # the key goes with everything else
    if response.streaming or not is_kept(status=response.status_code, leads_to_a_door=_leads_to_a_door(response)):
        operations.release(key=key)
        return response
    # What the view said for the next page is still in the queue; the storage has no public way to look at it.
    said = getattr(getattr(request, "_messages", None), "_queued_messages", ())
    answer = Answer(
        response.status_code,
        {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        response.content,
        tuple((one.level, str(one.message)) for one in said),
    )
    operations.keep(key=key, answer=answer)
    return response


def _again(request: HttpRequest, before: Answer) -> HttpResponse:
    waiting: Any = messages.get_messages(request)
    already = {str(one) for one in waiting}  # said by the first answer, and not shown yet
    waiting.used = False
    for level, text in before.messages:
        if text not in already:
            messages.add_message(request, level, text)
    response = HttpResponse(before.body, status=before.status, headers=before.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _refuse(request: HttpRequest, story: Story) -> HttpResponse:
    wait = {"Retry-After": str(WAIT_SECONDS)} if story is RUNNING else {}
    if request.resolver_match and "ninja" in request.resolver_match.app_names:
        words = f"请在 {HEADER} 里带上一个 16 到 64 位的编号。" if story is NO_KEY else story.happened
        return problem(request, status=story.status, detail=words, headers=wait)
    response = tell(request, story)
    for name, value in wait.items():
        response.headers[name] = value
    return response


def _actor(request: HttpRequest) -> str:
    viewer = getattr(request, "viewer", None)
    if viewer is not None:
        return f"account:{viewer.account_id}"
    session = request.session.session_key
    return f"session:{hashlib.sha256(session.encode()).hexdigest()}" if session else ""


def _digest(request: HttpRequest) -> bytes:
    form = request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
    return digest_of(_parts(request) if form else (("body", request.body),))


def _parts(request: HttpRequest) -> Iterator[tuple[str, bytes]]:
    for name, values in sorted(request.POST.lists()):
        if name not in (FIELD, "csrfmiddlewaretoken"):
            yield from ((name, str(value).encode("utf-8", "surrogatepass")) for value in values)
    for name, files in sorted(request.FILES.lists()):
        for file in cast(list[Any], files):
            content = hashlib.sha256()
            for chunk in file.chunks():
                content.update(chunk)
            file.seek(0)
            yield name, content.digest()


def _leads_to_a_door(response: HttpResponse) -> bool:
    location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    try:
        return bool(location) and resolve(location.split("?")[0]).view_name in settings.DOORS
    except Resolver404:
        return False

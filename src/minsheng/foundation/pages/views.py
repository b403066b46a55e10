"""Error pages: what happened, what became of the work, what to do now, and an id to say on the telephone.

They are rendered without context processors and without the database, so that they also work when those do not.
"""

import errno
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

log = logging.getLogger("minsheng.pages")


@dataclass(frozen=True)
class Story:
    """What an error page says. `retry` shows a link to the same address; `unsure`: the act may have been done."""

    status: int
    heading: str
    happened: str
    kept: str
    next_step: str
    retry: bool = False
    unsure: bool = False


METHOD_NOT_ALLOWED = Story(
    405,
    "这个地址不能这样打开",
    "这是提交用的地址，不是一页；常见的原因是把它存成了书签，或者登录换过以后按了刷新。",
    "没有改动任何数据。",
    "请回到首页，从菜单或名单重新打开。",
)
TOO_OFTEN = Story(
    429,
    "太快了，请等一会儿再办",
    "短时间里办得太多，为了防止有人用程序冒用，先停一停。",
    "前面办好的都还在；这一次没有办，您填的内容还留在上一页。",
    "请过几分钟再试。确实要成批办理，请联系本单位的系统管理员。",
)
READ_ONLY = Story(
    503,
    "正在维护，暂时只能看，不能办",
    "系统正在维护，这段时间不收新的内容，免得丢失。",
    "没有改动任何数据；您填的内容还留在上一页。",
    "请过一会儿再提交。急事请直接打电话或到社区窗口办理。",
)


def too_large_story(*, most: int) -> Story:
    """This function will say that too much was sent, and how much may be."""
    return Story(
        413,
        "内容太大，没有收下",
        f"一次最多收 {most // 2**20} MB，这一次超过了。",
        "没有改动任何数据。",
        "请把文件分成几份再交；表格只保留有内容的部分。",
    )


def switched_off_story(*, label: str) -> Story:
    """This function will say that something gave way so that more urgent work goes on."""
    return Story(
        503,
        f"{label}暂时停用",
        "现在办理的人很多，先保证登录、办件和发放。",
        "没有改动任何数据；您填的内容还留在上一页。",
        "请过一会儿再来。急用的名单，请打电话向系统管理员要。",
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This function will answer 400, or 413 for too much; of a BadRequest only our own text is shown."""
    if isinstance(exception, RequestDataTooBig):
        return tell(request, too_large_story(most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0))
    ours = type(exception).__module__.startswith("minsheng.") and str(exception)
    story = Story(
        400,
        "这个请求没看懂，没有办理",
        str(exception) if ours else "网址或提交的内容不完整，可能是链接被截断了。",
        "没有改动任何数据。",
        "请返回上一页重新操作；从短信或聊天里点开的链接，请复制完整。",
    )
    return tell(request, story)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This function will answer 403 with the reason that the operation gave."""
    ours = isinstance(exception, PermissionError) or type(exception).__module__.startswith("minsheng.")
    reason = str(exception) if str(exception) and (ours or isinstance(exception, PermissionDenied)) else ""
    story = Story(
        403,
        "这一步您现在不能办",
        reason or "您的岗位没有这项权限。",
        "没有改动任何数据。",
        "如果这是您的工作，请联系本单位的安全管理员开通；也可以请有权限的同事办理。",
    )
    return tell(request, story)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This function will answer 404; it does not say whether the thing exists for others."""
    story = Story(
        404,
        "没有找到这一页",
        "网址可能写错了，内容可能已经合并或撤销，也可能不在您负责的区域。",
        "没有改动任何数据。",
        "请用搜索重新查找；是同事发来的链接，请对方核对您是否有权查看。",
    )
    return tell(request, story)


FULL_DISK = Story(
    503,
    "存东西的地方满了，暂时办不了",
    "服务器的磁盘没有空间了，新的内容存不下；已经记录下来，值班人员会看到。",
    "这一步整个没有办成，没有只办一半；以前办好的都在，您填的内容还留在上一页。",
    "请过一会儿返回上一页再交一次。急事请直接打电话或到社区窗口办理。",
    retry=True,
)
UNREACHABLE = Story(
    503,
    "暂时办不了，请过一会儿再来",
    "数据库暂时连不上，可能正在维护。",
    "这一步没有办成，没有只办一半；您在表单里填的内容还留在上一页。",
    "请等一分钟再试。急事请直接打电话或到社区窗口办理。",
    retry=True,
)
UNSURE = Story(
    503,
    "断在最后一步，还不知道办成了没有",
    "内容已经送到，结果还没有传回来，连接就断了。",
    "要么整个办成了，要么整个没有办，不会只办一半；您填的内容还留在上一页。",
    "请等一分钟，返回上一页，把同一张表再交一次：已经办成的不会再办第二次，只会告诉您结果。",
    unsure=True,
)
AT_ONCE = Story(
    503,
    "有人同时在改同一份内容，请再交一次",
    "两个人刚好同时改同一份内容，这一次让给了对方。",
    "这一步整个没有办成，没有只办一半；您填的内容还留在上一页。",
    "请返回上一页，看一眼有没有变化，再交一次。",
    retry=True,
)
UNFORESEEN = Story(
    500,
    "这一页出了错，是我们的问题",
    "程序遇到了没有料到的情况，已经记录下来，值班人员会看到。",
    "这一步整个没有办成，没有只办一半；您在表单里填的内容还留在上一页。",
    "请返回上一页再试一次；还不行，请打值班电话并报出下面的编号。",
    retry=True,
)
# What PostgreSQL says of itself: no space, and who gave way to somebody else.
_NO_SPACE, _GAVE_WAY = "53100", frozenset({"40001", "40P01", "55P03"})


def server_error(request: HttpRequest) -> HttpResponse:
    """This function will answer 500; 503 for a full disk or no database, 403 when an operation refused."""
    problem = sys.exc_info()[1]
    # A refusal raised while a middleware runs the view never meets process_exception, so it is told apart here.
    if isinstance(problem, PermissionError):
        return permission_denied(request, problem)
    return tell(request, story_of(problem, may_be_done=getattr(request, "may_be_done", False)))


def story_of(problem: BaseException | None, *, may_be_done: bool = False) -> Story:
    """This function will choose what is said of an error.

    With `may_be_done` the end of the act had been asked for when the error came: then only the database knows, except
    where it said itself that it did not do it.
    """
    codes = {getattr(one, "sqlstate", None) for one in _causes(problem)}
    if _NO_SPACE in codes:
        return FULL_DISK
    if codes & _GAVE_WAY:
        return AT_ONCE
    if may_be_done:
        return UNSURE
    if is_full_disk(problem):
        return FULL_DISK
    return UNREACHABLE if isinstance(problem, OperationalError | InterfaceError) else UNFORESEEN


def is_full_disk(problem: BaseException | None) -> bool:
    """This function will say whether something failed for want of space, in the database or beside it."""
    return any(
        getattr(one, "sqlstate", None) == _NO_SPACE
        or (isinstance(one, OSError) and one.errno in (errno.ENOSPC, errno.EDQUOT))
        for one in _causes(problem)
    )


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    for _ in range(10):
        if problem is None:
            return
        yield problem
        problem = problem.__cause__ or problem.__context__


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This function will answer a missing or old form token: nearly always a page left open overnight."""
    log.warning("form token refused: %s", reason)
    story = Story(
        403,
        "这一页放得太久，提交没有成功",
        "为了防止别人冒用您的登录，页面打开太久或登录换过以后，旧页面不能再提交。",
        "没有改动任何数据；您填的内容还留在上一页。",
        "请返回上一页，刷新后再提交一次；浏览器要允许本网站的 Cookie。",
    )
    return tell(request, story)


# What is said to a resident instead: no menu, no colleagues, no officer to ask.
FOR_RESIDENTS: dict[int, dict[str, Any]] = {
    403: {"next_step": "请回到首页重新点进去。看不明白的，请打电话问，或到社区窗口办理。"},
    404: {
        "happened": "网址可能写错了，内容可能已经撤销，也可能不是您家的。",
        "next_step": "请回到首页重新点进去。别人发来的链接打不开，请先打电话核对，小心受骗。",
    },
    405: {"next_step": "请回到首页，重新点进去。"},
    429: {"next_step": "请过几分钟再试。着急的，请打电话，或到社区窗口办理。"},
    500: {
        "happened": "程序遇到了没有料到的情况，已经记录下来。",
        "next_step": "请返回上一页再试一次；还不行，请打电话，报出下面的编号。",
    },
}


def tell(request: HttpRequest, story: Story) -> HttpResponse:
    """This function will render a story as the error page; htmx shows it in place of the whole page."""
    error_id = getattr(request, "request_id", "") or uuid4().hex
    resident = next((one for one in settings.RESIDENT_PAGES if request.path_info.startswith(one)), "")
    if resident:
        story = replace(story, **FOR_RESIDENTS.get(story.status, {}))
    here = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    content = loader.get_template("pages/error.html").render(
        {
            "story": story,
            "error_id": error_id,
            "here": here if story.retry else "",
            "resident": resident,
            "lost": story.status in (404, 405),  # there is nothing to go back to
            "standard": request.COOKIES.get("layout") == "standard",
        }
    )
    response = HttpResponse(content, status=story.status)
    response.story = story  # type: ignore[attr-defined]  # for the interface, which says the same in its own form
    response.headers["Cache-Control"] = "no-store"
    if (story.status == 503 and story.retry) or story.unsure:
        response.headers["Retry-After"] = "60"
    return response

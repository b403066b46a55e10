"""The interface of the product, version 1: rooms that have one are mounted here, below `/api/v1/`.

The registry's router is not: it opens persons, and waits for keys of systems, which sign in otherwise than people.
"""

from django.http import HttpRequest, HttpResponse

from minsheng.foundation.api.factory import make_api
from minsheng.foundation.api.problems import problem_answer
from minsheng.foundation.pages.views import page_not_found
from minsheng.work.eligibility.api.described import describe_facts
from minsheng.work.eligibility.api.endpoints import router as rules

api = make_api(
    title="民生直达",
    version="1",
    namespace="api-v1",
    description="政策怎么算：计算一户、说明算法、列出政策和数字。金额一律是整数分；null 是不知道，不是零。",
    describe=describe_facts,
)
api.add_router("rules/", rules)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This function will answer 404 in the form of what was asked: a program gets a problem document, never a page."""
    if request.path.startswith("/api/"):
        return problem_answer(request, status=404, detail="没有这个地址。请对照接口说明核对网址。")
    return page_not_found(request, exception)

"""The settings of a site with a till: a form that books what is typed, as often as it is asked and without a natural
key, so that only the key of the form makes a repetition one act.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from installation import *  # noqa: F403

ROOT_URLCONF = "experiments.till"
LOGGING["loggers"]["minsheng.requests"]["level"] = "INFO"  # type: ignore[index]  # noqa: F405  # one line a request, as in production
BOOKED = "test.booked"


def till(request: HttpRequest) -> HttpResponse:
    """This function will show the form, or book."""
    from minsheng.foundation.audit import operations as audit

    if request.method == "POST":
        words = request.POST["words"]
        audit.record(actor=request.viewer, at=request.at, action=BOOKED, object_type="test", object_id=words)  # type: ignore[attr-defined]
        return redirect("/booked/")
    page = engines["django"].from_string(
        '{% extends "pages/base.html" %}{% block content %}<form method="post">{% csrf_token %}'
        '<input name="words" aria-label="摘要"><button class="btn" type="submit">入账</button></form>{% endblock %}'
    )
    return HttpResponse(page.render({}, request))


def booked(request: HttpRequest) -> HttpResponse:
    """This function will say that it is done."""
    page = engines["django"].from_string('{% extends "pages/base.html" %}{% block heading %}已经入账{% endblock %}')
    return HttpResponse(page.render({}, request))


def __getattr__(name: str) -> object:
    """The same module is the site's addresses; they are read only when the site is there."""
    from minsheng.config import urls as site

    if name == "urlpatterns":
        return [path("till/", till), path("booked/", booked), *site.urlpatterns]
    if name.startswith("handler"):
        return getattr(site, name)
    raise AttributeError(name)

"""The residents' layout: 长辈版 unless somebody chose the standard one; the choice stays in this browser for a year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE, STANDARD, ELDER = "layout", "standard", "elder"
YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """This function will keep the chosen layout and lead back to the page on which it was chosen."""
    wanted = STANDARD if request.POST.get("layout") == STANDARD else ELDER
    onward = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/my/"
    response = redirect(onward)
    response.set_cookie(COOKIE, wanted, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response

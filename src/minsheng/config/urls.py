from django.urls import include, path

from minsheng.config.api import api
from minsheng.foundation.pages.layout import choose

urlpatterns = [
    path("api/v1/", api.urls),
    path("catalogue/", include("minsheng.insight.catalogue.pages.urls")),
    path("exchange/", include("minsheng.insight.exchange.pages.urls")),
    path("spdci/", include("minsheng.insight.exchange.api.urls")),
    path("layout/", choose, name="layout"),
    # Before the schemes: their addresses stand below policies/ too.
    path("policies/what-if/", include("minsheng.work.eligibility.whatif.pages.urls")),
    path("policies/", include("minsheng.work.eligibility.publishing.pages.urls")),
    path("missed/", include("minsheng.work.eligibility.missed.pages.urls")),
    path("", include("minsheng.portal.pages.urls")),
    path("", include("minsheng.work.eligibility.pages.urls")),
    path("", include("minsheng.work.casework.pages.urls")),
    path("", include("minsheng.work.payments.pages.urls")),
    path("cockpit/", include("minsheng.insight.cockpit.pages.urls")),
    path("visits/", include("minsheng.work.visits.pages.urls")),
    path("", include("minsheng.foundation.entrance.pages.urls")),
    path("", include("minsheng.records.registry.pages.urls")),
    path("imports/", include("minsheng.records.registry.imports.pages.urls")),
    path("places/", include("minsheng.records.places.pages.urls")),
    path("", include("minsheng.foundation.calendars.pages.urls")),
    path("", include("minsheng.foundation.exports.pages.urls")),
    path("", include("minsheng.foundation.evidence.pages.urls")),
    path("", include("minsheng.records.privacy.pages.urls")),
    path("", include("minsheng.foundation.running.pages.urls")),
]
handler400 = "minsheng.foundation.pages.views.bad_request"
handler403 = "minsheng.foundation.pages.views.permission_denied"
handler404 = "minsheng.config.api.not_found"
handler500 = "minsheng.foundation.pages.views.server_error"

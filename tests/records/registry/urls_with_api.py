"""The product's addresses with the registry's interface mounted as config mounts it."""

from django.urls import path

from minsheng.config.urls import (
    handler400 as handler400,
)
from minsheng.config.urls import (
    handler403 as handler403,
)
from minsheng.config.urls import (
    handler404 as handler404,
)
from minsheng.config.urls import (
    handler500 as handler500,
)
from minsheng.config.urls import (
    urlpatterns as product,
)
from minsheng.foundation.api.factory import make_api
from minsheng.records.registry.api.people import router

api = make_api(title="registry", version="test", namespace="registry-api-test")
api.add_router("", router)
urlpatterns = [*product, path("api/test/", api.urls)]

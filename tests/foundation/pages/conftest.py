"""The demo site with one signed-in community worker."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

DEMO_TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def demo_site(settings: Any) -> None:
    """This fixture will serve the demo site under the product's own middleware and security policy."""
    settings.ROOT_URLCONF = "foundation.pages.demo_urls"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [DEMO_TEMPLATES]}]
    settings.NAVIGATION = [
        {"label": "今日", "url_name": "list", "capability": None},
        {"label": "应享未享", "url_name": "why", "capability": "eligibility.view_findings"},
        {"label": "人员", "url_name": "empty", "capability": "registry.search"},
        {"label": "政策", "url_name": "form", "capability": "eligibility.view_schemes"},
        {"label": "导入", "url_name": "job", "capability": "registry.search"},
        {"label": "发放", "url_name": "elder", "capability": "payments.release"},
        {"label": "没有这一页", "url_name": "nobody:claims", "capability": None},
    ]
    settings.SEARCH_URL_NAME = "list"


@pytest.fixture
def sign_in(at: datetime) -> Callable[[Client], Client]:
    """This fixture will sign a community worker of 采荷街道 in."""
    import builders
    from minsheng.foundation.accounts.models import Account

    def act(client: Client) -> Client:
        builders.plant_small_tree()
        viewer = builders.staff(at=at, role="community_worker", area_id=builders.STREET_CAIHE)
        client.force_login(Account.objects.get(pk=viewer.account_id), "django.contrib.auth.backends.ModelBackend")
        return client

    return act

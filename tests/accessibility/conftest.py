"""A browser of an operator, a world to look at, and axe-core."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks import statistics
from billing.services import environments
from billing.tests.admin.conftest import logged_in
from tests.endpoints.world import make_world
from tests.npm import MODULES


@pytest.fixture
def axe() -> str:
    """Its script."""
    return (MODULES / "axe-core/axe.min.js").read_text()


@pytest.fixture
def context(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrowserContext]:
    """A browser in which an operator is logged in; the policy for scripts does not hold for axe's."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cookie = _client().cookies["sessionid"].value
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(bypass_csp=True)
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        yield context
        browser.close()


def _client() -> Client:
    return logged_in(User.objects.create_superuser("operator"))


@pytest.fixture
def world(db: None) -> dict[str, str]:
    """A row of each noun, and numbers for the charts."""
    shop, museum = (environments.create(name=name, kind="sandbox") for name in ("Shop", "Museum"))
    make_world(museum)
    made = make_world(shop)
    statistics.fill([(made["connections"], shop.pk)], hours=24)
    return made

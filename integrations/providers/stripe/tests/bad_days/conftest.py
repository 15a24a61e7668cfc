"""One browser for all bad days, and an operator who is logged in; the site is the test's own live server."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, sync_playwright

from billing.tests.admin.conftest import logged_in
from integrations.connections import credentials
from integrations.providers.stripe.tests.bad_days.desk import Desk
from integrations.providers.stripe.tests.catching_up.polls import Polls
from integrations.providers.stripe.tests.pipelines import Pipelines
from integrations.tests.workers import empty_broker

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update"]  # fmt: skip
PATIENCE_MILLISECONDS = 5_000


@pytest.fixture(scope="package")
def browser() -> Iterator[BrowserContext]:
    """Keeps what it has loaded from test to test."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        yield context
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def pipelines(simulator, connection, live_server, settings, monkeypatch) -> Pipelines:
    """Both pipelines, with the endpoint registered as the button of admin does it."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    settings.PUBLIC_URL, settings.WEBHOOK_URL = live_server.url, ""
    settings.STRIPE_DASHBOARD_URL = simulator.base_url
    empty_broker()
    credentials.register_webhook(connection, timezone.now())
    yield Pipelines(simulator)
    empty_broker()


@pytest.fixture
def desk(browser: BrowserContext, pipelines: Pipelines, live_server) -> Iterator[Desk]:
    """The operator's, who may do everything."""
    cookie = logged_in(User.objects.create_superuser("ada")).cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page: Page = browser.new_page()
    yield Desk(page, live_server.url)
    page.goto("about:blank")
    for each in browser.pages:
        each.close()


@pytest.fixture
def polls(simulator, connection) -> Polls:
    """Polls by the simulator's time."""
    return Polls(simulator, connection, lambda: datetime.fromtimestamp(simulator.simulator.clock.time(), UTC))

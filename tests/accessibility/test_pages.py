"""Every page of the admin as axe-core and a phone see it: nothing that is serious, nothing beside the screen.

It runs each night (AXE=1), with axe-core of npm.
"""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks import statistics
from billing.admin.links import list_url, row_url
from billing.models import Environment
from billing.services import environments
from billing.tests.admin.conftest import logged_in
from tests.endpoints.world import make_world
from tests.npm import MODULES

GRAVE = ("serious", "critical")
PHONE = {"width": 390, "height": 844}
# Widgets of Select2 and of Django that nothing of FlexSync's own is in.
FOREIGN = [[".select2-container"], [".help-tooltip"]]
RUN = f"axe.run({{exclude: {FOREIGN}}}, {{resultTypes: ['violations']}}).then(found => found.violations)"
pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("axe"),
    pytest.mark.needs("npm"),
    pytest.mark.django_db(transaction=True),
]


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


def addresses(world: dict[str, str]) -> Iterator[str]:
    """The list, the form and a row of each model; and the pages of none."""
    yield from (
        reverse("admin:index"),
        reverse("search"),
        f"{reverse('search')}?q=cust_",
        reverse("statistics"),
    )
    yield f"{reverse('statistics')}?window=7d&tables"
    for model, options in admin.site._registry.items():
        yield list_url(model)
        if (row := model._default_manager.order_by("pk").first()) is not None:
            yield row_url(row)
        if options.has_add_permission(_Everything()):  # type: ignore[arg-type]
            try:
                yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
            except NoReverseMatch:
                continue
    for kind in ("customer", "invoice"):
        yield reverse("admin:integrations_note_timeline", args=[kind, world[f"{kind}s"]])


class _Everything:
    """A request of someone who may do all."""

    class user:
        @staticmethod
        def has_perm(_right: str) -> bool:
            return True


def wrong(page: Page, axe: str) -> list[str]:
    """What axe calls serious, and where; and by how much the page is wider than the screen."""
    page.add_script_tag(content=axe)
    found = [one for one in page.evaluate(RUN) if one["impact"] in GRAVE]
    said = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} (and {len(one['nodes']) - 1} more)" for one in found
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return said + ([f"{width} pixels wide"] if width > page.viewport_size["width"] else [])  # type: ignore[index]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_a_phone(
    context: BrowserContext, live_server: Any, world: dict[str, str], axe: str, scheme: str
) -> None:
    assert Environment.objects.count() == 2
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    for address in addresses(world):
        page.goto(live_server.url + address, wait_until="networkidle")
        if problems := wrong(page, axe):
            found[address] = problems
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(each) for address, each in found.items())

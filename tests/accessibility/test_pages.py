"""Every page of the admin as axe-core sees it, on a phone and a desk: nothing serious, nothing too wide.

It runs each night (AXE=1), with axe-core of npm.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import BrowserContext

from billing.admin.links import list_url, row_url
from billing.models import Environment
from tests.accessibility.looking import DESK, PHONE, wrong

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("axe"),
    pytest.mark.needs("npm"),
    pytest.mark.django_db(transaction=True),
]


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


@pytest.mark.parametrize(("scheme", "screen"), [("light", PHONE), ("dark", PHONE), ("light", DESK)])
def test_every_page_is_accessible_and_fits_the_screen(
    context: BrowserContext,
    live_server: Any,
    world: dict[str, str],
    axe: str,
    scheme: str,
    screen: dict[str, int],
) -> None:
    assert Environment.objects.count() == 2
    page = context.new_page()
    page.set_viewport_size(screen)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found: dict[str, list[str]] = {}
    for address in addresses(world):
        page.goto(live_server.url + address, wait_until="networkidle")
        if problems := wrong(page, axe):
            found[address] = problems
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(each) for address, each in found.items())

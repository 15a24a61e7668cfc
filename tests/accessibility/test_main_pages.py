"""Admin's ten main pages on a phone, in the dark: nothing beside the screen, and all text can be read.

All other pages, and all other rules of axe-core, are each night's.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext

from billing.admin.links import list_url, url_of
from billing.models import Customer, Invoice
from integrations.models import Connection, InboundEvent, OutboundSync
from tests.accessibility.looking import CONTRAST, PHONE, wrong

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("npm"),
    pytest.mark.django_db(transaction=True),
]


def addresses(world: dict[str, str]) -> Iterator[str]:
    """Those of which the documentation has pictures."""
    yield reverse("admin:index")
    yield list_url(Invoice, needs="any")
    yield url_of(Customer, world["customers"])
    yield url_of(Invoice, world["invoices"])
    yield url_of(OutboundSync, world["syncs"])
    yield list_url(InboundEvent)
    yield url_of(Connection, world["connections"])
    yield reverse("admin:integrations_connection_doctor", args=[world["connections"]])
    yield reverse("statistics")
    yield reverse("admin:integrations_note_timeline", args=["invoice", world["invoices"]])


def test_fit_a_phone_and_can_be_read(
    context: BrowserContext, live_server: Any, world: dict[str, str], axe: str
) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    found: dict[str, list[str]] = {}
    for address in addresses(world):
        page.goto(live_server.url + address)
        is_dark = page.evaluate("document.documentElement.classList.contains('dark')")
        if problems := wrong(page, axe, CONTRAST) + ([] if is_dark else ["not dark"]):
            found[address] = problems
    assert not found, "\n".join(f"{address}\n  " + "\n  ".join(each) for address, each in found.items())

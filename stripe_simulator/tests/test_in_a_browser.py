"""Paying in a real browser: a card that pays, a decline, and the 3-D Secure challenge."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from . import factories

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
              "--disable-background-networking", "--disable-component-update"]  # fmt: skip
pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def browser_page() -> Iterator[Page]:
    path = shutil.which("chromium")
    assert path, "this test needs a browser: install chromium (apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser.new_page()
        browser.close()


def test_a_checkout_is_declined_challenged_and_paid(client, server, browser_page):
    session = factories.session(client, 1234, success_url=f"{server.base_url}/?paid={{CHECKOUT_SESSION_ID}}")
    browser_page.goto(session.url)
    expect(browser_page.get_by_role("note")).to_contain_text("no real money")
    _pay(browser_page, "4000 0000 0000 0002")
    expect(browser_page.get_by_role("alert")).to_have_text("Your card was declined.")
    _pay(browser_page, "4000 0025 0000 3155")
    expect(browser_page.get_by_role("heading")).to_contain_text("3-D Secure")
    browser_page.get_by_role("button", name="Fail authentication").click()
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    _pay(browser_page, "4000 0025 0000 3155")
    browser_page.get_by_role("button", name="Complete authentication").click()
    browser_page.wait_for_url(f"**/?paid={session.id}")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_an_invoice_is_paid(client, browser_page):
    invoice = factories.open_invoice(client, 1234)
    browser_page.goto(invoice.hosted_invoice_url)
    _pay(browser_page, "4242 4242 4242 4242")
    expect(browser_page.get_by_role("heading", name="Paid, thank you")).to_be_visible()
    assert client.v1.invoices.retrieve(invoice.id).status == "paid"


def _pay(page: Page, number: str) -> None:
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Card number").fill(number)
    page.get_by_role("button", name="Pay").click()

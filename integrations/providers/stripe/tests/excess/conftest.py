"""Fixtures of the tests of excesses: what the tests of payments share, and an invoice that was paid twice."""

import pytest

from integrations.providers.stripe.tests.excess.steps import open_page, pay
from integrations.providers.stripe.tests.paying.conftest import (  # noqa: F401
    api,
    card,
    invoice,
    pipelines,
    short_timeout,
)
from integrations.providers.stripe.tests.paying.steps import stripe_invoice


@pytest.fixture
def paid_twice(pipelines, stripe_api, connection, invoice):  # noqa: F811
    """Paid on its hosted page, and on a checkout's page before FlexSync hears of that: 108.00 for 54.00."""
    page = open_page(connection, invoice)
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.simulator.advance_clock(60)
    pay(pipelines, page)
    pipelines.settle()
    invoice.refresh_from_db()
    return invoice

"""Objects of which a page shows only a part: the rest is read, one call for each."""

import pytest

from billing.models import Invoice, Subscription
from integrations.providers.stripe.tests.importing.counting import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_items(account):
    """A subscription with twelve items, and an invoice with as many lines."""
    ada = account.customer(1)
    prices = [account.price(f"Plan {number}") for number in range(12)]
    items = [{"price": price.id} for price in prices]
    account.api.v1.subscriptions.create({"customer": ada.id, "items": items})
    return account


def nested(simulator):
    calls = [call["operation"] for call in simulator.requests()]
    return calls.count("invoices.line_items.list")


def test_they_are_whole(imported, many_items, simulator):
    run = imported()
    assert run.findings.count() == 0
    assert Subscription.objects.get().items.count() == 12
    assert Invoice.objects.get().lines.count() == 12
    assert nested(simulator) == 1


def test_the_second_time_they_cost_the_same_and_change_nothing(imported, many_items, simulator):
    imported()
    before, calls = rows(), len(simulator.requests())
    imported()
    assert rows() == before
    # Eight lists; the invoice, and its lines.
    assert len(simulator.requests()) - calls == 8 + 2

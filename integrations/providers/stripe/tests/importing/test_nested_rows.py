"""Objects of which a page shows only a part: the rest is read, one call for each."""

import time

import pytest

from billing.models import Invoice, Subscription
from integrations.errors import Rejected
from integrations.providers.stripe.tests.importing.counting import rows
from integrations.reconcile.importing import responses

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


@pytest.fixture
def many_lines(account):
    """Six invoices of twelve lines each."""
    v1 = account.api.v1
    for number in range(6):
        ada = account.customer(number)
        invoice = v1.invoices.create({"customer": ada.id, "auto_advance": False})
        lines = [{"amount": 100 + line, "description": f"Line {line}"} for line in range(12)]
        v1.invoices.add_lines(invoice.id, {"lines": lines})
        v1.invoices.finalize_invoice(invoice.id)


@pytest.fixture
def at_once(monkeypatch):
    """How many calls were under way when each began that was made for a single object."""
    under_way, seen, fetch = [], [], responses.fetch

    def counted(connection, query):
        under_way.append(query)
        seen.append(len(under_way))
        time.sleep(0.2)
        try:
            return fetch(connection, query)
        finally:
            under_way.remove(query)

    monkeypatch.setattr(responses, "fetch", counted)
    return seen


def test_those_of_several_objects_are_read_at_once_and_each_once(imported, many_lines, at_once, simulator):
    run = imported(names=["customers", "invoices"])
    assert (run.findings.count(), max(at_once)) == (0, 6)
    assert sorted(invoice.lines.count() for invoice in Invoice.objects.all()) == [12] * 6
    assert nested(simulator) == 6


def test_one_that_cannot_be_read_is_refused_alone(imported, many_lines, monkeypatch):
    fetch, refused = responses.fetch, []

    def refusing(connection, query):
        if query.operation == "invoices.line_items.list" and query.target in (refused or [query.target]):
            refused.append(query.target)
            raise Rejected("Stripe says no.")
        return fetch(connection, query)

    monkeypatch.setattr(responses, "fetch", refusing)
    run = imported(names=["customers", "invoices"])
    assert [one.reason for one in run.findings.all()] == ["Stripe says no."]
    assert Invoice.objects.count() == 5

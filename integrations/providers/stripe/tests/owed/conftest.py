"""Fixtures of these tests: those of payments, and a comparison of both sides."""

import pytest

from billing.events import Kind
from billing.models import Customer, Invoice
from billing.services.customers import balances
from integrations.providers.stripe.tests.paying.conftest import (  # noqa: F401
    api,
    card,
    invoice,
    pipelines,
    short_timeout,
)
from integrations.providers.stripe.tests.paying.steps import stripe_id_of

AMOUNTS = ("total", "credited", "balance_applied", "amount_due", "amount_paid", "amount_remaining")


def here(row):
    return tuple(int(100 * getattr(row, name)) for name in AMOUNTS)


def there(found):
    applied = found.ending_balance - found.starting_balance
    paid = (found.amount_due, found.amount_paid, found.amount_remaining)
    return (found.total, found.pre_payment_credit_notes_amount, applied, *paid)


@pytest.fixture
def assert_both_agree(pipelines, stripe_api, connection):  # noqa: F811
    """Checks that nothing waits, and that each invoice and each balance is the same on both sides."""

    def check():
        pipelines.settle()
        assert pipelines.unsettled() == []
        for one in Invoice.objects.exclude(status__in=["draft", "voided"]):
            found = stripe_api.v1.invoices.retrieve(stripe_id_of(Kind.INVOICE, one.pk))
            assert here(one) == there(found), one
            assert (one.amount_remaining == 0) == (one.payment_status == "succeeded")
        for customer in Customer.objects.all():
            found = stripe_api.v1.customers.retrieve(stripe_id_of(Kind.CUSTOMER, customer.pk))
            assert int(100 * balances.known(customer, connection.pk, "USD")) == found.balance

    return check

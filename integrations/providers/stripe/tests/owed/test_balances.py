"""A customer's credit or debt at Stripe takes part in what the next invoice asks for, on both sides alike."""

from decimal import Decimal

import pytest

from billing.events import Kind
from billing.facts import LineFacts
from billing.models import BalanceTransaction, Invoice, Payment
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_id_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adjust(stripe_api, pipelines, customer, invoice):
    """Moves the balance of the invoice's customer at Stripe (minor units)."""
    stripe_id = stripe_id_of(Kind.CUSTOMER, customer.pk)

    def move(amount):
        stripe_api.v1.customers.balance_transactions.create(
            stripe_id, {"amount": amount, "currency": "usd", "description": "Apology"}
        )
        pipelines.settle()

    return move


def movements(customer):
    found = BalanceTransaction.objects.filter(customer=customer).order_by("position")
    return [(one.type, int(100 * one.amount), int(100 * one.ending_balance)) for one in found]


def test_credit_lowers_what_the_next_invoice_asks_for(customer, adjust, assert_both_agree):
    adjust(-400)
    invoice = builders.invoice(customer)
    assert_both_agree()
    assert (fresh(invoice).balance_applied, invoice.amount_due) == (Decimal(4), Decimal(50))
    assert movements(customer) == [("adjustment", -400, -400), ("applied_to_invoice", 400, 0)]
    assert invoice.balance_transactions.get().type == "applied_to_invoice"
    assert not Payment.objects.exists()


def test_debt_raises_it(customer, adjust, assert_both_agree):
    adjust(500)
    invoice = builders.invoice(customer)
    assert_both_agree()
    assert (fresh(invoice).balance_applied, invoice.amount_remaining) == (Decimal(-5), Decimal(59))


def test_credit_that_covers_an_invoice_pays_it(customer, adjust, assert_both_agree):
    adjust(-6000)
    invoice = builders.invoice(customer)
    assert_both_agree()
    assert (fresh(invoice).payment_status, invoice.amount_due) == ("succeeded", 0)
    assert fresh(customer).balances.popitem()[1] == {"USD": "-6.00"}


def test_an_amount_below_the_minimum_is_asked_for_once(customer, card, assert_both_agree, stripe_api):
    card()
    small = builders.invoice(customer, (LineFacts("Calls", unit_amount=Decimal("0.30")),))
    assert_both_agree()
    assert (fresh(small).payment_status, small.amount_due) == ("succeeded", 0)
    later = builders.invoice(customer, (LineFacts("Seats", unit_amount=Decimal(10)),))
    assert_both_agree()
    assert (fresh(later).balance_applied, later.amount_due) == (Decimal("-0.30"), Decimal("10.30"))
    assert Payment.objects.get().amount == Decimal("10.30")


def test_a_voided_invoice_gives_its_credit_back(customer, adjust, stripe_api, assert_both_agree):
    adjust(-400)
    invoice = builders.invoice(customer)
    assert_both_agree()
    stripe_api.v1.invoices.void_invoice(stripe_id_of(Kind.INVOICE, invoice.pk))
    assert_both_agree()
    assert (fresh(invoice).status, invoice.balance_applied) == ("voided", 0)


def test_an_imported_invoice_shows_it_too(customer, adjust, stripe_api, assert_both_agree):
    adjust(-400)
    stripe_customer = stripe_id_of(Kind.CUSTOMER, customer.pk)
    made = stripe_api.v1.invoices.create({"customer": stripe_customer, "currency": "usd"}).id
    stripe_api.v1.invoices.add_lines(made, {"lines": [{"amount": 1000, "description": "Work"}]})
    stripe_api.v1.invoices.finalize_invoice(made)
    assert_both_agree()
    imported = Invoice.objects.get(is_external=True)
    assert (imported.balance_applied, imported.amount_due) == (Decimal(4), Decimal(6))


def test_without_a_balance_nothing_is_looked_up(pipelines, customer, invoice):
    builders.invoice(customer)
    pipelines.settle()
    assert not pipelines.simulator.requests("customers.balance_transactions.list")
    assert not pipelines.simulator.requests("credit_notes.list")

"""Payments that are attached to an invoice."""

import pytest
import stripe

from . import factories


def paid_intent(client, owner, amount):
    return client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "customer": owner.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )


class TestAttaching:
    def test_a_succeeded_payment_pays_at_once(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        intent = paid_intent(client, owner, 1000)
        invoice = client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
        assert (invoice.status, invoice.amount_paid) == ("paid", 1000)
        query = {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
        found = client.v1.invoice_payments.list(query).data
        assert [(payment.invoice, payment.amount_paid, payment.is_default) for payment in found] == [
            (invoice.id, 1000, False)
        ]

    def test_a_smaller_payment_leaves_the_rest_to_the_default_payment(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        intent = paid_intent(client, owner, 400)
        invoice = client.v1.invoices.attach_payment(
            invoice.id, {"payment_intent": intent.id, "expand": ["payments"]}
        )
        assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("open", 400, 600)
        default = next(payment for payment in invoice.payments.data if payment.is_default)
        assert default.amount_requested == 600
        assert client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"}).amount_paid == 1000

    def test_a_larger_payment_overpays_into_the_balance(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        intent = paid_intent(client, owner, 1500)
        invoice = client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
        assert (invoice.status, invoice.amount_paid, invoice.amount_overpaid) == ("paid", 1000, 500)
        assert client.v1.customers.retrieve(owner.id).balance == -500
        assert "invoice.overpaid" in factories.event_types(client)

    def test_a_payment_that_waits_pays_when_it_succeeds(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        intent = client.v1.payment_intents.create({"amount": 1000, "currency": "usd", "customer": owner.id})
        client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"

    def test_refuses_what_does_not_match(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, owner=owner)
        strangers = paid_intent(client, factories.customer(client), 1000)
        for intent in (strangers.id, "pi_nobody"):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent})

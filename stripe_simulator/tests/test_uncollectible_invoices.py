"""Invoices that are voided or marked uncollectible."""

import pytest
import stripe

from . import factories


def refuses(call, *arguments):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code


class TestVoiding:
    def test_ends_an_open_invoice_and_its_payment(self, client):
        invoice = client.v1.invoices.void_invoice(factories.open_invoice(client).id, {"expand": ["payments"]})
        assert (invoice.status, invoice.payments.data[0].status) == ("void", "canceled")
        intent = client.v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
        assert (intent.status, intent.cancellation_reason) == ("canceled", "void_invoice")
        assert refuses(client.v1.invoices.pay, invoice.id) is None

    def test_is_refused_for_drafts_and_paid_ones(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="This invoice isn't open"):
            client.v1.invoices.void_invoice(factories.draft(client, 5).id)
        paid = factories.open_invoice(client, 1, -1)
        with pytest.raises(stripe.InvalidRequestError, match="`paid` payments cannot be voided"):
            client.v1.invoices.void_invoice(paid.id)


class TestMarkingUncollectible:
    def test_keeps_it_payable(self, client):
        invoice = client.v1.invoices.mark_uncollectible(factories.open_invoice(client).id)
        assert invoice.status == "uncollectible"
        assert client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True}).status == "paid"

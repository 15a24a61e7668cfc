"""Paying an invoice."""

import pytest
import stripe

from . import factories


class TestPaying:
    def test_charges_the_default_payment_method(self, client):
        invoice = factories.open_invoice(client, 1000, owner=factories.customer_with_card(client))
        invoice = client.v1.invoices.pay(invoice.id)
        assert (invoice.status, invoice.amount_paid, invoice.amount_remaining) == ("paid", 1000, 0)
        assert invoice.status_transitions.paid_at

    def test_without_a_payment_method_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="default_payment_method"):
            client.v1.invoices.pay(factories.open_invoice(client).id)

    def test_with_a_named_method_works_on_a_draft(self, client):
        invoice = client.v1.invoices.pay(factories.draft(client, 700).id, {"payment_method": "pm_card_visa"})
        assert (invoice.status, invoice.amount_paid) == ("paid", 700)

    def test_twice_is_refused(self, client):
        invoice = client.v1.invoices.pay(factories.draft(client, 700).id, {"payment_method": "pm_card_visa"})
        with pytest.raises(stripe.InvalidRequestError, match="already paid"):
            client.v1.invoices.pay(invoice.id)

    def test_with_a_declining_card_fails_and_counts(self, client):
        invoice = factories.open_invoice(client)
        with pytest.raises(stripe.CardError) as caught:
            client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_chargeDeclined"})
        assert (caught.value.code, caught.value.error.decline_code) == ("card_declined", "generic_decline")
        invoice = client.v1.invoices.retrieve(invoice.id)
        assert (invoice.status, invoice.attempt_count, invoice.amount_remaining) == ("open", 1, 1000)
        assert "invoice.payment_failed" in factories.event_types(client)

    def test_out_of_band_needs_no_card(self, client):
        invoice = client.v1.invoices.pay(factories.open_invoice(client).id, {"paid_out_of_band": True})
        assert (invoice.status, invoice.amount_paid) == ("paid", 1000)
        assert "amount_paid_off_stripe" not in invoice
        shown = client.v1.invoices.retrieve(invoice.id, {"expand": ["amount_paid_off_stripe"]})
        assert shown.amount_paid_off_stripe == 1000
        assert client.v1.charges.list().data == []

    def test_that_needs_authentication_waits_for_it(self, client, server):
        invoice = factories.open_invoice(client)
        with pytest.raises(stripe.CardError) as caught:
            client.v1.invoices.pay(
                invoice.id, {"payment_method": "pm_card_authenticationRequired", "off_session": False}
            )
        assert caught.value.code == "invoice_payment_intent_requires_action"
        server.answer_challenge(caught.value.error.payment_intent.id)
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"

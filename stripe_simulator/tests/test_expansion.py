"""Expanding ids into objects."""

import pytest
import stripe

from . import factories


class TestExpansion:
    def test_replaces_an_id(self, client):
        invoice = factories.draft(client)
        found = client.v1.invoices.retrieve(invoice.id, {"expand": ["customer"]})
        assert found.customer.email == "ada@example.com"
        assert isinstance(client.v1.invoices.retrieve(invoice.id).customer, str)

    def test_works_in_a_list(self, client):
        factories.draft(client)
        found = client.v1.invoices.list({"expand": ["data.customer"]})
        assert found.data[0].customer.name == "Ada"

    def test_goes_four_levels_deep(self, client):
        invoice = factories.open_invoice(client, owner=factories.customer_with_card(client))
        path = "data.payment.payment_intent.customer.invoice_settings"
        found = client.v1.invoice_payments.list({"invoice": invoice.id, "expand": [path]})
        assert found.data[0].payment.payment_intent.customer.object == "customer"

    def test_deeper_is_refused_before_anything_happens(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.create({"name": "x", "expand": ["a.b.c.d.e"]})
        assert client.v1.customers.list().data == []

    def test_of_what_is_no_property_is_refused(self, client):
        customer = factories.customer(client)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.customers.retrieve(customer.id, {"expand": ["unicorn"]})
        assert "cannot be expanded (unicorn)" in str(caught.value)

    def test_that_is_refused_has_no_effect(self, client):
        for path in ("unicorn", "invoice_settings.unicorn", "data.subscriptions"):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.customers.create({"name": "x", "expand": [path]})
        assert client.v1.customers.list().data == []

    def test_of_null_is_null(self, client):
        customer = factories.customer(client)
        found = client.v1.customers.retrieve(
            customer.id, {"expand": ["invoice_settings.default_payment_method"]}
        )
        assert found.invoice_settings.default_payment_method is None

    def test_shows_what_is_otherwise_left_out(self, client):
        invoice = factories.open_invoice(client)
        assert "payments" not in invoice and "confirmation_secret" not in invoice
        found = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments", "confirmation_secret"]})
        intent = found.payments.data[0].payment.payment_intent
        assert found.confirmation_secret.client_secret.startswith(intent)

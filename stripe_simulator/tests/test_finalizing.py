"""Finalizing invoices."""

import pytest
import stripe

from . import factories


def refuses(call, *arguments):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code


class TestFinalizing:
    def test_numbers_it_and_creates_its_payment(self, client):
        owner = factories.customer(client)
        first, second = (
            factories.open_invoice(client, owner=owner),
            factories.open_invoice(client, owner=owner),
        )
        assert first.number.endswith("-0001") and second.number.endswith("-0002")
        payment = client.v1.invoice_payments.list({"invoice": first.id}).data[0]
        assert (payment.status, payment.is_default, payment.amount_requested) == ("open", True, 1000)
        intent = client.v1.payment_intents.retrieve(payment.payment.payment_intent)
        assert (intent.amount, intent.status) == (1000, "requires_payment_method")

    def test_pays_a_zero_invoice_at_once(self, client):
        invoice = factories.open_invoice(client, 500, -500)
        assert (invoice.status, invoice.amount_due) == ("paid", 0)
        assert client.v1.invoice_payments.list({"invoice": invoice.id}).data == []

    def test_gives_a_negative_total_as_credit_that_pays_the_next(self, client):
        owner = factories.customer(client)
        factories.open_invoice(client, -300, owner=owner)
        assert client.v1.customers.retrieve(owner.id).balance == -300
        invoice = factories.open_invoice(client, 1000, owner=owner)
        assert (invoice.amount_due, invoice.starting_balance, invoice.ending_balance) == (700, -300, 0)
        assert client.v1.customers.retrieve(owner.id).balance == 0

    def test_twice_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="can't re-finalize a non-draft invoice"):
            client.v1.invoices.finalize_invoice(factories.open_invoice(client).id)

    def test_forbids_changes_of_what_is_owed(self, client):
        invoice = factories.open_invoice(client)
        lines = {"lines": [{"amount": 1}]}
        assert refuses(client.v1.invoices.add_lines, invoice.id, lines) == "invoice_not_editable"
        with pytest.raises(stripe.InvalidRequestError, match="Finalized invoices can't be updated"):
            client.v1.invoices.update(invoice.id, {"number": "1"})
        with pytest.raises(stripe.InvalidRequestError, match="only delete draft invoices"):
            client.v1.invoices.delete(invoice.id)
        assert client.v1.invoices.update(invoice.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"

    def test_collects_what_advances_by_itself(self, client):
        owner = factories.customer_with_card(client)
        invoice = factories.draft(client, 1000, owner=owner)
        invoice = client.v1.invoices.finalize_invoice(invoice.id, {"auto_advance": True})
        assert (invoice.status, invoice.amount_paid) == ("paid", 1000)

    def test_leaves_open_what_it_cannot_collect(self, client):
        invoice = factories.open_invoice(client, auto_advance=True)
        assert invoice.status == "open"
        owner = factories.customer_with_card(client, "pm_card_chargeCustomerFail")
        invoice = factories.open_invoice(client, owner=owner, auto_advance=True)
        assert (invoice.status, invoice.attempt_count) == ("open", 1)
        assert "invoice.payment_failed" in factories.event_types(client)

    def test_emits_events_in_order(self, client):
        factories.open_invoice(client, owner=factories.customer_with_card(client), auto_advance=True)
        types = factories.event_types(client)
        emitted = types[types.index("invoice.finalized") :]
        expected = ["invoice.finalized", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                    "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]  # fmt: skip
        assert [type for type in emitted if type != "invoice.updated"] == expected

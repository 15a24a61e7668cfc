"""Invoices: from draft to their end."""

import pytest
import stripe

from . import made


def refuses(call, *arguments):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code


class TestADraft:
    def test_has_no_number_and_no_page(self, client):
        invoice = made.draft(client, 1000)
        assert (invoice.status, invoice.number, invoice.hosted_invoice_url) == ("draft", None, None)

    def test_can_be_changed_and_deleted(self, client):
        invoice = made.draft(client, 1000)
        invoice = client.v1.invoices.update(invoice.id, {"description": "x", "metadata": {"a": "b"}})
        assert invoice.description == "x"
        assert client.v1.invoices.delete(invoice.id).deleted
        assert refuses(client.v1.invoices.retrieve, invoice.id) == "resource_missing"

    def test_holds_250_lines_and_no_more(self, client):
        invoice = made.draft(client)
        client.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 1}] * 250})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.invoices.add_lines(invoice.id, {"lines": [{"amount": 1}]})
        lines = list(client.v1.invoices.line_items.list(invoice.id, {"limit": 100}).auto_paging_iter())
        assert len({line.id for line in lines}) == 250
        invoice = client.v1.invoices.retrieve(invoice.id)
        assert (invoice.total, len(invoice.lines.data), invoice.lines.has_more) == (250, 10, True)

    def test_that_is_sent_needs_a_due_date(self, client):
        owner = made.customer(client)
        params = {"customer": owner.id, "collection_method": "send_invoice"}
        with pytest.raises(stripe.InvalidRequestError, match="you must specify 'due_date'"):
            client.v1.invoices.create(params)
        invoice = client.v1.invoices.create({**params, "days_until_due": 30})
        assert invoice.due_date == invoice.created + 30 * 86400


class TestFinalizing:
    def test_numbers_it_and_makes_its_payment(self, client):
        owner = made.customer(client)
        first, second = made.open_invoice(client, owner=owner), made.open_invoice(client, owner=owner)
        assert first.number.endswith("-0001") and second.number.endswith("-0002")
        payment = client.v1.invoice_payments.list({"invoice": first.id}).data[0]
        assert (payment.status, payment.is_default, payment.amount_requested) == ("open", True, 1000)
        intent = client.v1.payment_intents.retrieve(payment.payment.payment_intent)
        assert (intent.amount, intent.status) == (1000, "requires_payment_method")

    def test_pays_a_zero_invoice_at_once(self, client):
        invoice = made.open_invoice(client, 500, -500)
        assert (invoice.status, invoice.amount_due) == ("paid", 0)
        assert client.v1.invoice_payments.list({"invoice": invoice.id}).data == []

    def test_gives_a_negative_total_as_credit_that_pays_the_next(self, client):
        owner = made.customer(client)
        made.open_invoice(client, -300, owner=owner)
        assert client.v1.customers.retrieve(owner.id).balance == -300
        invoice = made.open_invoice(client, 1000, owner=owner)
        assert (invoice.amount_due, invoice.starting_balance, invoice.ending_balance) == (700, -300, 0)
        assert client.v1.customers.retrieve(owner.id).balance == 0

    def test_twice_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="can't re-finalize a non-draft invoice"):
            client.v1.invoices.finalize_invoice(made.open_invoice(client).id)

    def test_forbids_changes_of_what_is_owed(self, client):
        invoice = made.open_invoice(client)
        lines = {"lines": [{"amount": 1}]}
        assert refuses(client.v1.invoices.add_lines, invoice.id, lines) == "invoice_not_editable"
        with pytest.raises(stripe.InvalidRequestError, match="Finalized invoices can't be updated"):
            client.v1.invoices.update(invoice.id, {"number": "1"})
        with pytest.raises(stripe.InvalidRequestError, match="only delete draft invoices"):
            client.v1.invoices.delete(invoice.id)
        assert client.v1.invoices.update(invoice.id, {"metadata": {"a": "b"}}).metadata["a"] == "b"

    def test_collects_what_advances_by_itself(self, client):
        owner = made.customer_with_card(client)
        invoice = made.draft(client, 1000, owner=owner)
        invoice = client.v1.invoices.finalize_invoice(invoice.id, {"auto_advance": True})
        assert (invoice.status, invoice.amount_paid) == ("paid", 1000)

    def test_leaves_open_what_it_cannot_collect(self, client):
        invoice = made.open_invoice(client, auto_advance=True)
        assert invoice.status == "open"
        owner = made.customer_with_card(client, "pm_card_chargeCustomerFail")
        invoice = made.open_invoice(client, owner=owner, auto_advance=True)
        assert (invoice.status, invoice.attempt_count) == ("open", 1)
        assert "invoice.payment_failed" in made.event_types(client)

    def test_tells_in_order(self, client):
        made.open_invoice(client, owner=made.customer_with_card(client), auto_advance=True)
        types = made.event_types(client)
        told = types[types.index("invoice.finalized") :]
        expected = ["invoice.finalized", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded",
                    "invoice_payment.paid", "invoice.paid", "invoice.payment_succeeded"]  # fmt: skip
        assert [type for type in told if type != "invoice.updated"] == expected


class TestVoiding:
    def test_ends_an_open_invoice_and_its_payment(self, client):
        invoice = client.v1.invoices.void_invoice(made.open_invoice(client).id, {"expand": ["payments"]})
        assert (invoice.status, invoice.payments.data[0].status) == ("void", "canceled")
        intent = client.v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
        assert (intent.status, intent.cancellation_reason) == ("canceled", "void_invoice")
        assert refuses(client.v1.invoices.pay, invoice.id) is None

    def test_is_refused_for_drafts_and_paid_ones(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="This invoice isn't open"):
            client.v1.invoices.void_invoice(made.draft(client, 5).id)
        paid = made.open_invoice(client, 1, -1)
        with pytest.raises(stripe.InvalidRequestError, match="`paid` payments cannot be voided"):
            client.v1.invoices.void_invoice(paid.id)


class TestMarkingUncollectible:
    def test_keeps_it_payable(self, client):
        invoice = client.v1.invoices.mark_uncollectible(made.open_invoice(client).id)
        assert invoice.status == "uncollectible"
        assert client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True}).status == "paid"

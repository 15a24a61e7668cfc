"""Credit notes."""

import pytest
import stripe

from . import factories


def paid_invoice(client, amount=1000):
    invoice = factories.draft(client, amount)
    return client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})


class TestACreditNote:
    def test_lowers_an_open_invoice(self, client):
        invoice = factories.open_invoice(client, 1000)
        note = client.v1.credit_notes.create({"invoice": invoice.id, "amount": 300, "reason": "duplicate"})
        assert (note.type, note.number) == ("pre_payment", f"{invoice.number}-CN-01")
        invoice = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
        assert (invoice.amount_due, invoice.amount_remaining, invoice.total) == (700, 700, 1000)
        assert (invoice.pre_payment_credit_notes_amount, invoice.payments.data[0].amount_requested) == (
            300,
            700,
        )

    def test_of_all_that_is_owed_pays_the_invoice(self, client):
        invoice = factories.open_invoice(client, 1000)
        client.v1.credit_notes.create({"invoice": invoice.id, "amount": 1000})
        assert client.v1.invoices.retrieve(invoice.id).status == "paid"

    def test_refunds_or_credits_what_was_paid(self, client):
        invoice = paid_invoice(client)
        params = {"invoice": invoice.id, "amount": 500, "refund_amount": 200, "credit_amount": 300}
        note = client.v1.credit_notes.create(params)
        assert (note.type, note.post_payment_amount) == ("post_payment", 500)
        assert client.v1.refunds.retrieve(note.refunds[0].refund).amount == 200
        assert client.v1.customers.retrieve(invoice.customer).balance == -300
        assert client.v1.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 500

    def test_credits_lines_with_their_tax(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        invoice = factories.draft(client)
        lines = [{"amount": 1000, "tax_rates": [rate.id]}]
        invoice = client.v1.invoices.add_lines(invoice.id, {"lines": lines})
        client.v1.invoices.finalize_invoice(invoice.id)
        line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "amount": 500}
        note = client.v1.credit_notes.create({"invoice": invoice.id, "lines": [line]})
        assert (note.total, note.subtotal, note.total_taxes[0].amount) == (600, 500, 100)
        assert client.v1.credit_notes.line_items.list(note.id).data[0].amount == 500

    def test_can_be_voided_while_the_invoice_is_open(self, client):
        invoice = factories.open_invoice(client, 1000)
        note = client.v1.credit_notes.create({"invoice": invoice.id, "amount": 300})
        assert client.v1.credit_notes.void_credit_note(note.id).status == "void"
        assert client.v1.invoices.retrieve(invoice.id).amount_remaining == 1000
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.void_credit_note(note.id)

    @pytest.mark.parametrize(
        "params", [{"amount": 1001, "refund_amount": 1001}, {"amount": 500}, {"amount": 0}]
    )
    def test_that_does_not_add_up_is_refused(self, client, params):
        invoice = paid_invoice(client)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.create({"invoice": invoice.id, **params})
        assert client.v1.credit_notes.list().data == []

    def test_of_a_draft_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.create({"invoice": factories.draft(client, 5).id, "amount": 1})

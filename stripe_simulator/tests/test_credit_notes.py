"""Credit notes."""

import pytest
import stripe

from . import factories
from .payments import refused


def paid_invoice(client, amount=1000, **params):
    invoice = factories.draft(client, amount, **params)
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
        assert factories.event_types(client)[-5:] == [
            "invoice.updated",
            "invoice.paid",
            "invoice.payment_succeeded",
            "payment_intent.canceled",
            "credit_note.created",
        ]

    def test_refunds_or_credits_what_was_paid(self, client):
        invoice = paid_invoice(client)
        params = {"invoice": invoice.id, "amount": 500, "refund_amount": 200, "credit_amount": 300}
        note = client.v1.credit_notes.create(params)
        assert (note.type, note.post_payment_amount) == ("post_payment", 500)
        assert client.v1.refunds.retrieve(note.refunds[0].refund).amount == 200
        assert client.v1.customers.retrieve(invoice.customer).balance == -300
        assert client.v1.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 500

    def test_to_the_balance_names_itself_and_its_invoice_in_the_ledger(self, client):
        invoice = paid_invoice(client)
        params = {"invoice": invoice.id, "amount": 300, "credit_amount": 300}
        note = client.v1.credit_notes.create(params | {"expand": ["customer_balance_transaction"]})
        entry = note.customer_balance_transaction
        assert (entry.type, entry.amount) == ("credit_note", -300)
        assert (entry.credit_note, entry.invoice) == (note.id, invoice.id)

    def test_of_a_part_paid_invoice_is_mixed(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, 1000, owner=owner)
        record = client.v1.payment_records.report_payment(factories.reported(owner, 300))
        client.v1.invoices.attach_payment(invoice.id, {"payment_record": record.id})
        params = {"invoice": invoice.id, "amount": 900, "out_of_band_amount": 200}
        note = client.v1.credit_notes.create(params)
        shown = (note.type, note.pre_payment_amount, note.post_payment_amount, note.out_of_band_amount)
        assert shown == ("mixed", 700, 200, 200)
        invoice = client.v1.invoices.retrieve(invoice.id)
        assert (invoice.status, invoice.amount_due, invoice.amount_paid) == ("paid", 300, 300)

    def test_gives_back_what_the_balance_has_paid_as_balance(self, client):
        owner = factories.customer(client, balance=-150)
        invoice = paid_invoice(client, 200, owner=owner)
        assert invoice.amount_paid == 50
        params = {"invoice": invoice.id, "amount": 200, "refund_amount": 50, "credit_amount": 150}
        assert client.v1.credit_notes.create(params).post_payment_amount == 200
        assert client.v1.customers.retrieve(owner.id).balance == -150
        params = {"invoice": invoice.id, "amount": 1, "credit_amount": 1}
        assert refused(client.v1.credit_notes.create, params).param == "amount"

    def test_that_shows_its_date(self, client):
        params = {"invoice": factories.open_invoice(client, 1000).id, "amount": 100, "email_type": "none"}
        assert client.v1.credit_notes.create(params | {"effective_at": 1_700_000_000}).effective_at == (
            1_700_000_000
        )

    def test_is_listed_by_customer_invoice_and_time(self, client):
        first, second = factories.open_invoice(client), factories.open_invoice(client)
        notes = [
            client.v1.credit_notes.create({"invoice": invoice.id, "amount": 100})
            for invoice in (first, first, second)
        ]
        for filters, found in (
            ({"invoice": first.id}, notes[:2]),
            ({"customer": second.customer}, notes[2:]),
            ({"created": {"gte": notes[0].created}}, notes),
            ({"created": {"lt": notes[0].created}}, []),
        ):
            listed = client.v1.credit_notes.list(filters).data
            assert [note.id for note in reversed(listed)] == [note.id for note in found]

    @pytest.mark.parametrize(
        "params",
        [
            {"amount": 1001, "refund_amount": 1001},
            {"amount": 500},
            {"amount": 0},
            {},
            {"amount": 500, "refund_amount": 600, "credit_amount": -100},
            {"amount": 500, "refund_amount": 500, "shipping_cost": {"shipping_rate": "shr_1"}},
        ],
    )
    def test_that_does_not_add_up_is_refused(self, client, params):
        invoice = paid_invoice(client)
        events = factories.event_types(client)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.create({"invoice": invoice.id, **params})
        assert client.v1.credit_notes.list().data == []
        assert factories.event_types(client) == events

    def test_of_a_draft_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.create({"invoice": factories.draft(client, 5).id, "amount": 1})

    def test_while_a_payment_is_processing_is_refused(self, client):
        owner = factories.customer(client)
        bank = client.v1.payment_methods.attach("pm_usBankAccount_success", {"customer": owner.id})
        invoice = factories.open_invoice(client, 1000, owner=owner)
        client.v1.invoices.pay(invoice.id, {"payment_method": bank.id})
        error = refused(client.v1.credit_notes.create, {"invoice": invoice.id, "amount": 100})
        assert "while a payment on it is still pending" in error.message


class TestVoiding:
    def test_raises_the_open_invoice_again(self, client):
        invoice = factories.open_invoice(client, 1000)
        note = client.v1.credit_notes.create({"invoice": invoice.id, "amount": 300})
        voided = client.v1.credit_notes.void_credit_note(note.id)
        assert (voided.status, voided.voided_at is not None) == ("void", True)
        invoice = client.v1.invoices.retrieve(invoice.id, {"expand": ["payments"]})
        assert (invoice.amount_remaining, invoice.pre_payment_credit_notes_amount) == (1000, 0)
        assert invoice.payments.data[0].amount_requested == 1000
        assert factories.event_types(client)[-2:] == ["invoice.updated", "credit_note.voided"]
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.credit_notes.void_credit_note(note.id)

    def test_does_not_use_the_number_again(self, client):
        invoice = factories.open_invoice(client, 1000)
        params = {"invoice": invoice.id, "amount": 300}
        client.v1.credit_notes.void_credit_note(client.v1.credit_notes.create(params).id)
        assert client.v1.credit_notes.create(params).number == f"{invoice.number}-CN-02"

    @pytest.mark.parametrize("amount", [300, 1000])
    def test_is_refused_once_the_invoice_is_paid(self, client, amount):
        invoice = factories.open_invoice(client, 1000)
        note = client.v1.credit_notes.create({"invoice": invoice.id, "amount": amount})
        if amount < 1000:
            client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
        with pytest.raises(stripe.InvalidRequestError, match="still open"):
            client.v1.credit_notes.void_credit_note(note.id)

"""Refunds that credit notes make or link."""

import pytest
import stripe

from . import factories
from .payments import paid, refused


def paid_invoice(client, amount=1000, card="pm_card_visa"):
    invoice = factories.draft(client, amount)
    params = {"payment_method": card, "expand": ["payments"]}
    return client.v1.invoices.pay(invoice.id, params)


def intent_of(invoice):
    return invoice.payments.data[0].payment.payment_intent


class TestALinkedRefund:
    def test_shows_where_the_money_went(self, client):
        invoice = paid_invoice(client)
        intent = intent_of(invoice)
        refund = client.v1.refunds.create({"payment_intent": intent, "amount": 400})
        params = {"invoice": invoice.id, "amount": 400, "refunds": [{"refund": refund.id}]}
        note = client.v1.credit_notes.create(params)
        assert [(refunded.refund, refunded.amount_refunded) for refunded in note.refunds] == [
            (refund.id, 400)
        ]
        assert len(client.v1.refunds.list({"payment_intent": intent}).data) == 1
        assert refused(client.v1.credit_notes.create, params).param == "refunds[0][amount_refunded]"

    def test_may_be_linked_in_part_and_then_in_whole(self, client):
        invoice = paid_invoice(client)
        refund = client.v1.refunds.create({"payment_intent": intent_of(invoice), "amount": 400})
        part = {"refund": refund.id, "amount_refunded": 150}
        client.v1.credit_notes.create({"invoice": invoice.id, "amount": 150, "refunds": [part]})
        rest = {"invoice": invoice.id, "amount": 250, "refunds": [{"refund": refund.id}]}
        assert client.v1.credit_notes.create(rest).refunds[0].amount_refunded == 250

    def test_of_another_payment_is_refused(self, client):
        refund = client.v1.refunds.create({"payment_intent": paid(client).id})
        params = {"invoice": paid_invoice(client).id, "amount": 400, "refunds": [{"refund": refund.id}]}
        with pytest.raises(stripe.InvalidRequestError, match="not of a payment of the invoice"):
            client.v1.credit_notes.create(params)


class TestARefundWithoutACreditNote:
    def test_takes_from_what_can_be_credited(self, client):
        invoice = paid_invoice(client)
        client.v1.refunds.create({"payment_intent": intent_of(invoice), "amount": 400})
        params = {"invoice": invoice.id, "amount": 601, "credit_amount": 601}
        assert "creditable amount (600)" in refused(client.v1.credit_notes.create, params).message
        params = {"invoice": invoice.id, "amount": 600, "refund_amount": 600}
        assert client.v1.credit_notes.create(params).post_payment_amount == 600


class TestARefundOfACreditNote:
    def test_of_more_than_was_charged_is_refused_before_anything_changes(self, client):
        owner = factories.customer(client, balance=-600)
        invoice = factories.draft(client, 1000, owner=owner)
        client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})
        before = client.v1.invoices.retrieve(invoice.id)
        events = factories.event_types(client)
        params = {"invoice": invoice.id, "amount": 500, "refund_amount": 500}
        assert "greater than unrefunded amount" in refused(client.v1.credit_notes.create, params).message
        assert client.v1.invoices.retrieve(invoice.id) == before
        assert factories.event_types(client) == events

    def test_needs_a_charge(self, client):
        invoice = factories.open_invoice(client, 1000)
        client.v1.invoices.pay(invoice.id, {"paid_out_of_band": True})
        params = {"invoice": invoice.id, "amount": 500, "refund_amount": 500}
        assert refused(client.v1.credit_notes.create, params).param == "refund_amount"

    def test_that_fails_leaves_the_note_and_can_be_made_again(self, client, server):
        invoice = paid_invoice(client, card="pm_card_refundFail")
        params = {"invoice": invoice.id, "amount": 700, "refund_amount": 700}
        note = client.v1.credit_notes.create(params)
        server.advance_clock(301)
        assert client.v1.refunds.retrieve(note.refunds[0].refund).status == "failed"
        assert client.v1.credit_notes.retrieve(note.id).status == "issued"
        assert client.v1.invoices.retrieve(invoice.id).post_payment_credit_notes_amount == 700
        again = client.v1.refunds.create({"payment_intent": intent_of(invoice), "amount": 700})
        assert again.status == "succeeded"

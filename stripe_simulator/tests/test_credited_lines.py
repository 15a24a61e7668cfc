"""Lines and refunds that a credit note names."""

import pytest
import stripe

from . import factories


def paid_invoice(client, amount=1000):
    invoice = factories.draft(client, amount)
    return client.v1.invoices.pay(invoice.id, {"payment_method": "pm_card_visa"})


class TestACreditedLine:
    def test_takes_its_share_of_the_discount_along(self, client):
        half = client.v1.coupons.create({"percent_off": 50})
        invoice = factories.open_invoice(client, 1000, discounts=[{"coupon": half.id}])
        line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id, "amount": 600}
        note = client.v1.credit_notes.create({"invoice": invoice.id, "lines": [line]})
        assert (note.subtotal, note.discount_amount, note.total) == (600, 300, 300)
        assert client.v1.invoices.retrieve(invoice.id).amount_remaining == 200

    def test_of_its_own_can_be_taxed(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        line = {
            "type": "custom_line_item",
            "unit_amount_decimal": "50",
            "quantity": 2,
            "tax_rates": [rate.id],
        }
        params = {"invoice": factories.open_invoice(client, 1000).id, "lines": [line]}
        note = client.v1.credit_notes.create(params)
        assert (note.subtotal, note.total) == (100, 120)


class TestALinkedRefund:
    def test_shows_where_the_money_went(self, client):
        invoice = client.v1.invoices.retrieve(paid_invoice(client).id, {"expand": ["payments"]})
        intent = invoice.payments.data[0].payment.payment_intent
        refund = client.v1.refunds.create({"payment_intent": intent, "amount": 400})
        params = {"invoice": invoice.id, "amount": 400, "refunds": [{"refund": refund.id}]}
        note = client.v1.credit_notes.create(params)
        assert [(refunded.refund, refunded.amount_refunded) for refunded in note.refunds] == [
            (refund.id, 400)
        ]
        assert len(client.v1.refunds.list({"payment_intent": intent}).data) == 1

    def test_of_another_payment_is_refused(self, client):
        other = {"amount": 400, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
        refund = client.v1.refunds.create({"payment_intent": client.v1.payment_intents.create(other).id})
        params = {"invoice": paid_invoice(client).id, "amount": 400, "refunds": [{"refund": refund.id}]}
        with pytest.raises(stripe.InvalidRequestError, match="not of a payment of the invoice"):
            client.v1.credit_notes.create(params)

"""What Stripe refuses about invoices, with its error codes."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


def refusal(call, *arguments):
    """Return code and parameter of the error that a call must raise."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        call(*arguments)
    return caught.value.code, caught.value.param


class TestAnInvoice:
    def test_that_is_void_cannot_be_paid(self, client):
        invoice = client.v1.invoices.void_invoice(factories.open_invoice(client).id)
        with pytest.raises(stripe.InvalidRequestError, match="Voided invoices cannot be paid") as caught:
            client.v1.invoices.pay(invoice.id)
        assert (caught.value.http_status, caught.value.code) == (400, None)

    def test_that_is_paid_cannot_be_paid_again(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="Invoice is already paid"):
            client.v1.invoices.pay(factories.open_invoice(client, 5, -5).id)

    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            (lambda invoices, id: invoices.finalize_invoice(id), (None, None)),
            (
                lambda invoices, id: invoices.add_lines(id, {"lines": [{"amount": 1}]}),
                ("invoice_not_editable", None),
            ),
            (lambda invoices, id: invoices.update(id, {"discounts": ""}), (None, "discounts")),
            (lambda invoices, id: invoices.update(id, {"description": "x"}), (None, "description")),
            (lambda invoices, id: invoices.delete(id), (None, None)),
        ],
        ids=["finalize twice", "add lines", "discount", "description", "delete"],
    )
    def test_that_is_open_cannot(self, client, call, expected):
        invoice = factories.open_invoice(client)
        assert refusal(call, client.v1.invoices, invoice.id) == expected
        assert client.v1.invoices.retrieve(invoice.id) == invoice

    def test_that_is_paid_in_part_cannot_be_voided(self, client):
        invoice = factories.open_invoice(client, 1000)
        intent = {"amount": 400, "currency": "usd", "customer": invoice.customer}
        paid = client.v1.payment_intents.create({**intent, "payment_method": "pm_card_visa", "confirm": True})
        client.v1.invoices.attach_payment(invoice.id, {"payment_intent": paid.id})
        with pytest.raises(stripe.InvalidRequestError, match="`paid` payments cannot be voided"):
            client.v1.invoices.void_invoice(invoice.id)

    @pytest.mark.parametrize("name", ["void_invoice", "mark_uncollectible"])
    def test_that_is_a_draft_cannot_be_written_off(self, client, name):
        with pytest.raises(stripe.InvalidRequestError, match="This invoice isn't open"):
            getattr(client.v1.invoices, name)(factories.draft(client, 100).id)

    def test_that_is_open_keeps_its_lines(self, client):
        invoice = factories.open_invoice(client)
        line, lines = invoice.lines.data[0].id, client.v1.invoices
        for call, params in (
            (lines.update_lines, {"lines": [{"id": line, "amount": 1}]}),
            (lines.remove_lines, {"lines": [{"id": line, "behavior": "delete"}]}),
        ):
            assert refusal(call, invoice.id, params) == ("invoice_not_editable", None)
        assert refusal(lines.line_items.update, invoice.id, line, {"amount": 1})[0] == "invoice_not_editable"
        item = {"customer": invoice.customer, "invoice": invoice.id, "amount": 1}
        assert refusal(client.v1.invoice_items.create, item)[0] == "invoice_not_editable"

    def test_of_a_subscription_cannot_be_deleted(self, client):
        subscription = subscribe(client, collection_method="send_invoice", days_until_due=7)
        with pytest.raises(stripe.InvalidRequestError, match="of a subscription can't be deleted"):
            client.v1.invoices.delete(subscription.latest_invoice)

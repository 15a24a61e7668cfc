"""The order reference of an invoice's PaymentIntent names the invoice, but belongs to the business."""

import httpx
import pytest

from . import factories
from .payments import paid


def intent_of(client, invoice):
    payment = client.v1.invoice_payments.list({"invoice": invoice.id}).data[0].payment.payment_intent
    return client.v1.payment_intents.retrieve(payment)


class TestTheOrderReference:
    def test_is_the_invoice_on_the_intent_and_in_its_events(self, client):
        invoice = factories.open_invoice(client, owner=factories.customer_with_card(client))
        client.v1.invoices.pay(invoice.id)
        intent, details = (
            intent_of(client, invoice),
            {"customer_reference": None, "order_reference": invoice.id},
        )
        assert intent.payment_details.to_dict() == details
        events = client.v1.events.list({"types": ["payment_intent.created", "payment_intent.succeeded"]}).data
        assert [event.data.object["payment_details"].to_dict() for event in events] == [details, details]

    def test_comes_with_what_stripe_gives_such_an_intent(self, client):
        owner = factories.customer(client)
        invoice = factories.open_invoice(client, owner=owner, statement_descriptor="Lamps and Co")
        intent = intent_of(client, invoice)
        assert (intent.description, intent.receipt_email) == ("Payment for Invoice", owner.email)
        assert (intent.statement_descriptor, intent.capture_method) == ("Lamps and Co", "automatic")
        assert intent.automatic_payment_methods is None

    @pytest.mark.parametrize(
        ("setting", "expected"), [("", None), ("order 7", "order 7"), ("x-{invoice}", "x-{id}")]
    )
    def test_is_left_out_or_something_else_by_a_setting(self, client, server, setting, expected):
        assert server.settings(order_reference=setting)["order_reference"] == setting
        invoice = factories.open_invoice(client)
        details = intent_of(client, invoice).payment_details
        expected = expected and expected.replace("{id}", invoice.id)
        assert (details and details.order_reference) == expected

    def test_of_an_intent_of_ones_own_is_what_was_given(self, client):
        service = client.v1.payment_intents
        intent = service.create({"amount": 900, "currency": "usd"})
        assert intent.payment_details is None
        intent = service.update(intent.id, {"payment_details": {"order_reference": "order 7"}})
        confirmed = {"payment_method": "pm_card_visa", "payment_details": {"customer_reference": "ada"}}
        details = service.confirm(intent.id, confirmed).payment_details
        assert details.to_dict() == {"customer_reference": "ada", "order_reference": "order 7"}

    def test_can_be_changed_when_capturing_and_removed(self, client):
        service, given = client.v1.payment_intents, {"payment_details": {"order_reference": "order 7"}}
        intent = paid(client, capture_method="manual", **given)
        captured = service.capture(intent.id, {"payment_details": {"order_reference": "order 8"}})
        assert captured.payment_details.order_reference == "order 8"
        unset = service.create({"amount": 900, "currency": "usd", **given})
        assert service.update(unset.id, {"payment_details": ""}).payment_details is None


class TestTheSettings:
    def test_return_to_their_defaults_at_a_reset(self, server):
        server.settings(order_reference="")
        server.reset()
        assert server.control("GET", "settings")["order_reference"] == "{invoice}"

    @pytest.mark.parametrize("body", [{"nonsense": 1}, {"order_reference": 7}, {"first_attempt_seconds": -1}])
    def test_refuse_what_they_do_not_know(self, server, body):
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            server.control("POST", "settings", body)

"""What Stripe refuses about payments, with its messages and the intent inside the error."""

import pytest

from . import factories
from .payments import paid, refused


class TestAPaymentIntent:
    def test_is_part_of_the_error_when_it_refuses(self, client):
        done, service = paid(client), client.v1.payment_intents
        messages = {
            service.confirm: "You cannot confirm this PaymentIntent because it has already succeeded",
            service.cancel: "You cannot cancel this PaymentIntent because it has a status of succeeded.",
            service.capture: "This PaymentIntent could not be captured because it has already been captured.",
        }
        for call, message in messages.items():
            error = refused(call, done.id)
            assert error.code == "payment_intent_unexpected_state"
            assert error.message.startswith(message)
            assert (error.payment_intent.id, error.payment_intent.status) == (done.id, "succeeded")

    def test_names_its_customer_when_nothing_can_pay(self, client):
        owner = factories.customer(client)
        waiting = client.v1.payment_intents.create({"amount": 500, "currency": "usd", "customer": owner.id})
        error = refused(client.v1.payment_intents.confirm, waiting.id)
        assert "it's missing a payment method" in error.message and owner.id in error.message

    def test_that_declines_carries_the_payment_method(self, client):
        error = refused(lambda: paid(client, payment_method="pm_card_chargeDeclinedInsufficientFunds"))
        assert (error.code, error.decline_code) == ("card_declined", "insufficient_funds")
        assert error.payment_method.card.last4 == "9995"
        assert error.doc_url.endswith("error-codes#card-declined")

    def test_that_is_missing_is_a_404_about_the_intent(self, client):
        error = refused(client.v1.payment_intents.retrieve, "pi_x")
        assert (error.code, error.param, error.message) == (
            "resource_missing",
            "intent",
            "No such payment_intent: 'pi_x'",
        )

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"off_session": True}, "off_session"),
            ({"return_url": "https://example.com"}, "return_url"),
            ({"confirmation_token": "ctoken_x"}, "confirmation_token"),
            ({"receipt_email": "nobody"}, "receipt_email"),
            ({"statement_descriptor": "x" * 23}, "statement_descriptor"),
            ({"currency": "xyz"}, "currency"),
        ],
    )
    def test_refuses_what_cannot_be(self, client, params, param):
        given = {"amount": 1000, "currency": "usd"} | params
        assert refused(client.v1.payment_intents.create, given).param == param

    def test_takes_only_the_kinds_that_are_allowed(self, client):
        given = {"amount": 1000, "currency": "usd", "excluded_payment_method_types": ["card"]}
        waiting = client.v1.payment_intents.create(given)
        assert waiting.payment_method_types == ["us_bank_account"]
        error = refused(client.v1.payment_intents.confirm, waiting.id, {"payment_method": "pm_card_visa"})
        assert error.param == "payment_method"

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

    def test_that_has_ended_takes_what_describes_it_and_nothing_else(self, client):
        """Messages as in stripe-ios' tests and in reports of users of Stripe."""
        service = client.v1.payment_intents
        done = paid(client, metadata={"order": "1", "seat": "2"})
        canceled = service.cancel(service.create({"amount": 500, "currency": "usd"}).id)
        for one in (done, canceled):
            shown = service.update(one.id, {"metadata": {"order": "", "shop": "3"}, "description": "Book"})
            assert ("order" in shown.metadata, shown.metadata.shop, shown.description) == (False, "3", "Book")
            error = refused(service.update, one.id, {"metadata": {"shop": "4"}, "amount": 900})
            assert (error.code, error.param) == ("payment_intent_unexpected_state", "amount")
            assert error.message == (
                f"This PaymentIntent's amount could not be updated because it has a status of {one.status}. You may only"
                " update the amount of a PaymentIntent with one of the following statuses: requires_payment_method,"
                " requires_confirmation, requires_action."
            )
            assert service.retrieve(one.id).metadata.shop == "3"
        assert service.update(done.id, {"receipt_email": "ada@example.com"}).receipt_email
        assert (
            refused(service.update, canceled.id, {"receipt_email": "ada@example.com"}).param
            == "receipt_email"
        )

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

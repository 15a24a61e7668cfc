"""What Stripe refuses about payments, in its words, with the intent inside the error."""

import pytest
import stripe

from . import made


def refused(call, *arguments):
    """The error body of a call that must be refused."""
    with pytest.raises(stripe.StripeError) as caught:
        call(*arguments)
    return caught.value.error


def paid(client, **params):
    given = {"amount": 1000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    return client.v1.payment_intents.create(given | params)


class TestAnAmount:
    @pytest.mark.parametrize(
        ("amount", "currency", "message"),
        [
            (49, "usd", "Amount must be at least $0.50 usd"),
            (29, "GBP", "Amount must be at least £0.30 gbp"),
            (49, "jpy", "Amount must be at least ¥50 jpy"),
            (17499, "huf", "Amount must be at least 175.00 Ft huf"),
        ],
    )
    def test_below_its_currencys_minimum_is_refused(self, client, amount, currency, message):
        params = {"amount": amount, "currency": currency}
        error = refused(client.v1.payment_intents.create, params)
        assert (error.code, error.param, error.message) == ("amount_too_small", "amount", message)
        assert client.v1.payment_intents.create(params | {"amount": amount + 1}).amount == amount + 1

    def test_cannot_be_lowered_below_it(self, client):
        waiting = client.v1.payment_intents.create({"amount": 500, "currency": "eur"})
        error = refused(client.v1.payment_intents.update, waiting.id, {"amount": 49})
        assert error.code == "amount_too_small"

    def test_beyond_reason_is_refused(self, client):
        for amount, code in ((100_000_000, "amount_too_large"), (10**30, "parameter_invalid_integer")):
            assert (
                refused(client.v1.payment_intents.create, {"amount": amount, "currency": "usd"}).code == code
            )


class TestAPaymentIntent:
    def test_tells_what_it_is_when_it_refuses(self, client):
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
        owner = made.customer(client)
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


class TestAPaymentMethod:
    def test_without_a_customer_pays_once(self, client):
        first = paid(client)
        error = refused(lambda: paid(client, payment_method=first.payment_method))
        assert error.code == "payment_method_unexpected_state"
        owner = made.customer(client)
        assert refused(client.v1.payment_methods.attach, first.payment_method, {"customer": owner.id}).code

    def test_can_be_made_with_the_payment(self, client):
        bank = {"account_number": "000123456789", "routing_number": "110000000"}
        data = {"type": "us_bank_account", "us_bank_account": bank | {"account_holder_type": "company"}}
        given = {"amount": 1000, "currency": "usd", "confirm": True, "payment_method_data": data}
        made_one = client.v1.payment_intents.create(given | {"expand": ["payment_method"]})
        assert (made_one.status, made_one.payment_method.type) == ("processing", "us_bank_account")

    def test_once_set_up_needs_no_more_authentication(self, client, server):
        owner, challenged = made.customer(client), "pm_card_authenticationRequired"
        setup = client.v1.setup_intents.create(
            {"customer": owner.id, "payment_method": challenged, "confirm": True}
        )
        server.answer_challenge(setup.id)
        assert paid(client, customer=owner.id, payment_method=setup.payment_method).status == "succeeded"
        attached = client.v1.payment_methods.attach(challenged, {"customer": owner.id})
        assert paid(client, customer=owner.id, payment_method=attached.id).status == "requires_action"

    def test_that_has_expired_is_refused(self, client):
        card = {"number": "4242424242424242", "exp_month": 13, "exp_year": 2040}
        error = refused(client.v1.payment_methods.create, {"type": "card", "card": card})
        assert error.code == "invalid_expiry_month"

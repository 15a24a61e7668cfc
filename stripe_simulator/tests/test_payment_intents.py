"""Payment intents."""

import pytest
import stripe

from . import factories


def intent(client, card=None, **params):
    given = {"amount": 1000, "currency": "usd", **params}
    return client.v1.payment_intents.create(
        given | ({"payment_method": card, "confirm": True} if card else {})
    )


class TestAPaymentIntent:
    def test_succeeds_with_a_good_card(self, client):
        found = client.v1.payment_intents.retrieve(
            intent(client, "pm_card_mastercard").id, {"expand": ["latest_charge"]}
        )
        assert (found.status, found.amount_received) == ("succeeded", 1000)
        assert found.latest_charge.payment_method_details.card.brand == "mastercard"
        expected = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
        assert factories.event_types(client) == expected

    @pytest.mark.parametrize(
        ("card", "code", "decline"),
        [
            ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
            ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
        ],
    )
    def test_declines_as_the_card_says(self, client, card, code, decline):
        with pytest.raises(stripe.CardError) as caught:
            intent(client, card)
        error = caught.value.error
        assert (caught.value.http_status, error.code) == (402, code)
        assert getattr(error, "decline_code", None) == decline
        found = client.v1.payment_intents.retrieve(error.payment_intent.id)
        assert (found.status, found.last_payment_error.code) == ("requires_payment_method", code)
        charge = client.v1.charges.retrieve(error.charge)
        assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)

    def test_can_try_another_card_after_a_decline(self, client):
        waiting = intent(client)
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.confirm(waiting.id, {"payment_method": "pm_card_chargeDeclined"})
        done = client.v1.payment_intents.confirm(waiting.id, {"payment_method": "pm_card_visa"})
        assert (done.status, done.last_payment_error) == ("succeeded", None)

    def test_waits_for_authentication_and_passes_or_fails(self, client, server):
        for passed, status in ((True, "succeeded"), (False, "requires_payment_method")):
            waiting = intent(client, "pm_card_authenticationRequired", return_url="https://example.com/back")
            assert waiting.status == "requires_action"
            response = server.answer_challenge(waiting.id, passed)
            assert response.headers["location"].startswith("https://example.com/back?payment_intent=pi_")
            assert client.v1.payment_intents.retrieve(waiting.id).status == status

    def test_off_session_declines_what_needs_authentication(self, client):
        with pytest.raises(stripe.CardError) as caught:
            intent(client, "pm_card_authenticationRequired", off_session=True)
        assert caught.value.code == "authentication_required"

    def test_waits_to_be_captured_on_request(self, client):
        authorized = intent(client, "pm_card_visa", capture_method="manual")
        assert (authorized.status, authorized.amount_capturable) == ("requires_capture", 1000)
        taken = client.v1.payment_intents.capture(authorized.id, {"amount_to_capture": 800})
        assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 800, 0)

    def test_once_ended_refuses_everything(self, client):
        canceled = client.v1.payment_intents.cancel(intent(client).id, {"cancellation_reason": "abandoned"})
        assert canceled.cancellation_reason == "abandoned"
        service = client.v1.payment_intents
        for call in (service.cancel, service.confirm, lambda id: service.update(id, {"amount": 5})):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                call(canceled.id)
            assert caught.value.code == "payment_intent_unexpected_state"

    @pytest.mark.parametrize("amount", [0, -5, 100_000_000])
    def test_of_no_or_too_large_an_amount_is_refused(self, client, amount):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.payment_intents.create({"amount": amount, "currency": "usd"})
        assert caught.value.param == "amount"

    def test_cannot_use_the_card_of_another_customer(self, client):
        card = factories.customer_with_card(client).invoice_settings.default_payment_method
        with pytest.raises(stripe.InvalidRequestError, match="belongs to the Customer"):
            intent(client, card, customer=factories.customer(client).id)

"""Refunds of payment intents."""

import pytest
import stripe

from . import factories


def intent(client, card=None, **params):
    given = {"amount": 1000, "currency": "usd", **params}
    return client.v1.payment_intents.create(
        given | ({"payment_method": card, "confirm": True} if card else {})
    )


class TestARefund:
    def test_in_part_and_then_whole(self, client):
        paid = intent(client, "pm_card_visa")
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 300})
        charge = client.v1.charges.retrieve(paid.latest_charge, {"expand": ["refunds"]})
        assert (charge.amount_refunded, charge.refunded, len(charge.refunds.data)) == (300, False, 1)
        client.v1.refunds.create({"charge": charge.id})
        charge = client.v1.charges.retrieve(charge.id)
        assert (charge.amount_refunded, charge.refunded) == (1000, True)
        assert factories.event_types(client)[-2:] == ["charge.refunded", "refund.created"]

    def test_of_too_much_or_nothing_is_refused(self, client):
        paid = intent(client, "pm_card_visa")
        for params in (
            {"payment_intent": paid.id, "amount": 1001},
            {"payment_intent": paid.id, "amount": 0},
            {},
        ):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.refunds.create(params)
        client.v1.refunds.create({"payment_intent": paid.id})
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create({"payment_intent": paid.id})
        assert caught.value.code == "charge_already_refunded"

    def test_of_an_unpaid_intent_is_refused(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create({"payment_intent": intent(client).id})

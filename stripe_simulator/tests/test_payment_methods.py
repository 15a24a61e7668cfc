"""Payment methods."""

import pytest
import stripe

from . import factories


class TestAPaymentMethod:
    def test_can_be_created_from_a_test_number(self, client):
        method = client.v1.payment_methods.create(
            {"type": "card", "card": {"number": "5555555555554444", "exp_month": 3, "exp_year": 2031}}
        )
        assert (method.card.brand, method.card.last4, method.card.exp_year) == ("mastercard", "4444", 2031)

    def test_of_a_declining_card_cannot_be_attached(self, client):
        with pytest.raises(stripe.CardError) as caught:
            client.v1.payment_methods.attach(
                "pm_card_chargeDeclined", {"customer": factories.customer(client).id}
            )
        assert caught.value.code == "card_declined"

    def test_belongs_to_one_customer(self, client):
        method = client.v1.payment_methods.attach("pm_card_visa", {"customer": factories.customer(client).id})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_methods.attach(method.id, {"customer": factories.customer(client).id})
        client.v1.payment_methods.detach(method.id)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_methods.detach(method.id)

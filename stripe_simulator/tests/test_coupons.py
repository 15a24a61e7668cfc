"""Coupons."""

import pytest
import stripe

from . import factories


class TestACoupon:
    def test_is_either_a_percentage_or_an_amount(self, client):
        for params in ({}, {"percent_off": 5, "amount_off": 5, "currency": "usd"}, {"amount_off": 5}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.coupons.create(params)
        assert client.v1.coupons.create({"percent_off": 12.5, "id": "fall"}).id == "fall"

    def test_counts_its_uses(self, client):
        coupon = client.v1.coupons.create({"percent_off": 10})
        factories.draft(client, 1000, discounts=[{"coupon": coupon.id}])
        assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1

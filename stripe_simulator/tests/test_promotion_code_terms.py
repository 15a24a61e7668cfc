"""What promotion codes allow."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


def coupon(client, **params):
    return client.v1.coupons.create({"percent_off": 50, **params})


def code(client, for_coupon, **params):
    promotion = {"type": "coupon", "coupon": for_coupon.id}
    return client.v1.promotion_codes.create({"promotion": promotion, **params})


class TestAPromotionCode:
    def test_can_require_a_first_transaction(self, client):
        first = code(client, coupon(client), restrictions={"first_time_transaction": True})
        owner = factories.customer(client)
        given = {"discounts": [{"promotion_code": first.id}]}
        assert factories.draft(client, 1000, owner=owner, **given).total == 500
        client.v1.invoices.pay(
            factories.open_invoice(client, 100, owner=owner).id, {"paid_out_of_band": True}
        )
        with pytest.raises(stripe.InvalidRequestError, match="prior transactions"):
            factories.draft(client, 1000, owner=owner, **given)

    def test_can_require_a_minimum_amount(self, client):
        least = {"restrictions": {"minimum_amount": 800, "minimum_amount_currency": "usd"}}
        given = {"discounts": [{"promotion_code": code(client, coupon(client), **least).id}]}
        assert subscribe(client, factories.price(client, 800), **given).discounts == []
        with pytest.raises(stripe.InvalidRequestError, match="at least 800"):
            subscribe(client, factories.price(client, 799), **given)

    def test_allows_no_more_than_its_coupon(self, client):
        some = coupon(client, max_redemptions=3)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            code(client, some, max_redemptions=4)
        assert caught.value.param == "max_redemptions"

    def test_is_not_active_once_its_coupon_is_used_up(self, client):
        some = coupon(client, max_redemptions=1)
        word = code(client, some)
        factories.draft(client, discounts=[{"coupon": some.id}])
        assert not client.v1.promotion_codes.retrieve(word.id).active
        assert client.v1.promotion_codes.list({"active": True}).data == []

"""Promotion codes."""

import pytest
import stripe

from . import factories


@pytest.fixture
def code(client):
    coupon = client.v1.coupons.create({"percent_off": 25})
    promotion = {"type": "coupon", "coupon": coupon.id}
    params = {"promotion": promotion, "code": "SPRING", "max_redemptions": 1}
    return client.v1.promotion_codes.create(params)


class TestAPromotionCode:
    def test_takes_its_coupon_off_an_invoice_once(self, client, code):
        invoice = factories.draft(client, 1000, discounts=[{"promotion_code": code.id}], expand=["discounts"])
        assert invoice.total == 750
        assert client.v1.promotion_codes.retrieve(code.id).times_redeemed == 1
        with pytest.raises(stripe.InvalidRequestError) as caught:
            factories.draft(client, discounts=[{"promotion_code": code.id}])
        assert caught.value.code == "coupon_expired"

    def test_is_unique_and_found_whatever_its_case(self, client, code):
        assert [found.id for found in client.v1.promotion_codes.list({"code": "spring"})] == [code.id]
        again = {"promotion": {"type": "coupon", "coupon": code.promotion.coupon}, "code": "Spring"}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.promotion_codes.create(again)
        assert caught.value.code == "resource_already_exists"
        client.v1.promotion_codes.update(code.id, {"active": False})
        assert client.v1.promotion_codes.create(again).code == "Spring"

    def test_may_belong_to_one_customer(self, client, code):
        owner = factories.customer(client)
        promotion = {"type": "coupon", "coupon": code.promotion.coupon}
        own = client.v1.promotion_codes.create({"promotion": promotion, "customer": owner.id})
        discounts = [{"promotion_code": own.id}]
        with pytest.raises(stripe.InvalidRequestError, match="another customer"):
            factories.draft(client, discounts=discounts)
        assert factories.draft(client, 400, owner=owner, discounts=discounts).total == 300

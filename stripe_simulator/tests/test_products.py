"""Products, prices, coupons and tax rates."""

import pytest
import stripe

from . import made


class TestAProduct:
    def test_is_told_about(self, client):
        product = client.v1.products.create({"name": "A"})
        client.v1.products.update(product.id, {"name": "B", "active": False})
        client.v1.products.delete(product.id)
        assert made.event_types(client) == ["product.created", "product.updated", "product.deleted"]

    def test_may_come_with_its_price(self, client):
        product = client.v1.products.create(
            {"name": "A", "default_price_data": {"currency": "usd", "unit_amount": 500}}
        )
        assert client.v1.prices.retrieve(product.default_price).unit_amount == 500

    def test_with_prices_cannot_be_deleted(self, client):
        price = made.price(client)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.products.delete(price.product)

    def test_is_found_by_activity_and_id(self, client):
        active = client.v1.products.create({"name": "A"})
        passive = client.v1.products.create({"name": "B", "active": False})
        assert [one.id for one in client.v1.products.list({"active": False})] == [passive.id]
        assert [one.id for one in client.v1.products.list({"ids": [active.id]})] == [active.id]

    def test_may_choose_its_id_once(self, client):
        assert client.v1.products.create({"name": "A", "id": "gold"}).id == "gold"
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.products.create({"name": "A", "id": "gold"})
        assert caught.value.code == "resource_already_exists"


class TestAPrice:
    def test_keeps_fractions_of_a_minor_unit(self, client):
        product = client.v1.products.create({"name": "A"})
        price = client.v1.prices.create(
            {"product": product.id, "currency": "usd", "unit_amount_decimal": "0.5"}
        )
        assert price.unit_amount is None
        assert str(price.unit_amount_decimal) == "0.5"

    def test_shows_its_tiers_when_expanded(self, client):
        product = client.v1.products.create({"name": "A"})
        tiers = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "flat_amount": 500}]
        price = client.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "billing_scheme": "tiered",
                "tiers_mode": "volume",
                "tiers": tiers,
                "expand": ["tiers"],
            }
        )
        assert [tier.up_to for tier in price.tiers] == [10, None]
        assert price.tiers[1].flat_amount == 500
        assert "tiers" not in client.v1.prices.retrieve(price.id)

    def test_lookup_key_is_unique_until_transferred(self, client):
        first = made.price(client, lookup_key="gold")
        with pytest.raises(stripe.InvalidRequestError):
            made.price(client, lookup_key="gold")
        second = made.price(client, lookup_key="gold", transfer_lookup_key=True)
        assert [one.id for one in client.v1.prices.list({"lookup_keys": ["gold"]})] == [second.id]
        assert client.v1.prices.retrieve(first.id).lookup_key is None

    def test_amount_never_changes(self, client):
        price = made.price(client)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.prices.update(price.id, {"unit_amount": 5})
        assert caught.value.code == "parameter_unknown"

    def test_needs_an_amount_and_a_product(self, client):
        for params in ({"currency": "usd", "unit_amount": 5}, {"currency": "usd", "product": "prod_x"}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.prices.create(params)


class TestACoupon:
    def test_is_either_a_percentage_or_an_amount(self, client):
        for params in ({}, {"percent_off": 5, "amount_off": 5, "currency": "usd"}, {"amount_off": 5}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.coupons.create(params)
        assert client.v1.coupons.create({"percent_off": 12.5, "id": "fall"}).id == "fall"

    def test_counts_its_uses(self, client):
        coupon = client.v1.coupons.create({"percent_off": 10})
        made.draft(client, 1000, discounts=[{"coupon": coupon.id}])
        assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1


class TestATaxRate:
    def test_can_be_archived(self, client):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False})
        assert client.v1.tax_rates.update(rate.id, {"active": False}).active is False
        assert client.v1.tax_rates.list({"active": True}).data == []

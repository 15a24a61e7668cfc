"""Prices."""

import pytest
import stripe

from . import factories


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
        first = factories.price(client, lookup_key="gold")
        with pytest.raises(stripe.InvalidRequestError):
            factories.price(client, lookup_key="gold")
        second = factories.price(client, lookup_key="gold", transfer_lookup_key=True)
        assert [price.id for price in client.v1.prices.list({"lookup_keys": ["gold"]})] == [second.id]
        assert client.v1.prices.retrieve(first.id).lookup_key is None

    def test_amount_never_changes(self, client):
        price = factories.price(client)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.prices.update(price.id, {"unit_amount": 5})
        assert caught.value.code == "parameter_unknown"

    def test_needs_an_amount_and_a_product(self, client):
        for params in ({"currency": "usd", "unit_amount": 5}, {"currency": "usd", "product": "prod_x"}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.prices.create(params)

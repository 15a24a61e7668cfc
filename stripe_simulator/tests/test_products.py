"""Products."""

import pytest
import stripe

from . import factories


class TestAProduct:
    def test_emits_events(self, client):
        product = client.v1.products.create({"name": "A"})
        client.v1.products.update(product.id, {"name": "B", "active": False})
        client.v1.products.delete(product.id)
        assert factories.event_types(client) == ["product.created", "product.updated", "product.deleted"]

    def test_may_come_with_its_price(self, client):
        product = client.v1.products.create(
            {"name": "A", "default_price_data": {"currency": "usd", "unit_amount": 500}}
        )
        assert client.v1.prices.retrieve(product.default_price).unit_amount == 500

    def test_with_prices_cannot_be_deleted(self, client):
        price = factories.price(client)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.products.delete(price.product)

    def test_is_found_by_activity_and_id(self, client):
        active = client.v1.products.create({"name": "A"})
        passive = client.v1.products.create({"name": "B", "active": False})
        assert [product.id for product in client.v1.products.list({"active": False})] == [passive.id]
        assert [product.id for product in client.v1.products.list({"ids": [active.id]})] == [active.id]

    def test_may_choose_its_id_once(self, client):
        assert client.v1.products.create({"name": "A", "id": "gold"}).id == "gold"
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.products.create({"name": "A", "id": "gold"})
        assert caught.value.code == "resource_already_exists"

"""Items of subscriptions."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


class TestASubscriptionItem:
    def test_can_be_added_changed_and_removed(self, client):
        subscription, other = subscribe(client), factories.price(client, 300)
        item = client.v1.subscription_items.create({"subscription": subscription.id, "price": other.id})
        assert client.v1.subscription_items.update(item.id, {"quantity": 4}).quantity == 4
        assert len(client.v1.subscription_items.list({"subscription": subscription.id}).data) == 2
        assert client.v1.subscription_items.delete(item.id).deleted
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscription_items.delete(subscription["items"].data[0].id)

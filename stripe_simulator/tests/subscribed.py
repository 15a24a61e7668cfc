"""Subscriptions that many tests start from, made through the SDK."""

from . import made

DAY = 86400


def subscribe(client, *prices, owner=None, **params):
    items = [{"price": price.id} for price in prices or (made.price(client),)]
    owner = owner or made.customer_with_card(client)
    return client.v1.subscriptions.create({"customer": owner.id, "items": items, **params})


def again(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


def told(client, since):
    """The subscription events since then, in order."""
    types = made.event_types(client)[since:]
    return [type.removeprefix("customer.subscription.") for type in types if "subscription" in type]

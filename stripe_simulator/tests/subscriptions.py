"""Subscriptions that many tests start from, created through the SDK."""

from . import factories

DAY = 86400


def subscribe(client, *prices, owner=None, **params):
    items = [{"price": price.id} for price in prices or (factories.price(client),)]
    owner = owner or factories.customer_with_card(client)
    return client.v1.subscriptions.create({"customer": owner.id, "items": items, **params})


def refetched(client, subscription):
    return client.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})


def subscription_events(client, since):
    """Return the types of the subscription events since then, in order."""
    types = factories.event_types(client)[since:]
    return [type.removeprefix("customer.subscription.") for type in types if "subscription" in type]

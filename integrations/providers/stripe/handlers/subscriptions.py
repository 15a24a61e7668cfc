"""customer.subscription.*: each event carries the whole subscription, so each is an upsert."""

from billing.events import Kind
from billing.services import subscriptions
from integrations.errors import Retry
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import STALE, object_of, rank_of
from integrations.providers.stripe.translate import subscriptions as translate
from integrations.providers.stripe.translate.shapes import id_of


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """Created, updated, deleted (which at Stripe is cancelled), paused, resumed, about to leave its trial."""
    subscription = object_of(event)
    customer = inbound.ours(Kind.CUSTOMER, id_of(subscription["customer"]))
    if customer is None:
        raise Retry(f"It waits for the customer {id_of(subscription['customer'])}.")
    prices = _prices(inbound, subscription)
    ours = inbound.ours(Kind.SUBSCRIPTION, subscription["id"])
    if not inbound.is_news(Kind.SUBSCRIPTION, subscription["id"], rank_of(inbound)):
        return STALE
    facts = translate.subscription_facts(subscription, customer, prices, inbound.created)
    environment, origin = inbound.environment_id, inbound.connection_id
    if ours is not None:
        subscriptions.replace(environment_id=environment, subscription_id=ours, facts=facts, origin=origin)
        return None
    if inbound.event_type == "customer.subscription.deleted":
        return Ignored("The subscription had ended before it was ever here.")
    made = subscriptions.create(environment_id=environment, facts=facts, origin=origin)
    inbound.link(Kind.SUBSCRIPTION, made.pk, subscription["id"])
    return None


def _prices(inbound: Inbound, subscription: Json) -> dict[str, str]:
    """Our prices by Stripe's, for all items."""
    found = {}
    for item in translate.items(subscription):
        theirs = translate.price_id(item)
        ours = inbound.ours(Kind.PRICE, theirs)
        if ours is None:
            raise Retry(f"It waits for the price {theirs}.")
        found[theirs] = ours
    return found

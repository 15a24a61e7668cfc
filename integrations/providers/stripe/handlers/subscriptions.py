"""customer.subscription.*: each event carries the whole subscription, so each is an upsert."""

from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Subscription
from billing.services.subscriptions import subscriptions
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import customers, match_candidates, prices, upsert
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.translate import metadata, subscription_params
from integrations.providers.stripe.translate import subscriptions as translate

# Stripe's longest page of a list.
PAGE = 100


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """Created, updated, paused, resumed, about to leave its trial."""
    return upsert.save(SUBSCRIPTION, inbound, event)


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """Deleted at Stripe means cancelled: an update, unless the subscription was never here."""
    subscription = object_of(event)
    if inbound.entity_id_of(Kind.SUBSCRIPTION, subscription["id"]):
        ignored = saved(inbound, event)
        if ignored is None:
            inbound.ended(Kind.SUBSCRIPTION, subscription["id"])
        return ignored
    # Its facts say already that it is cancelled.
    return upsert.delete(SUBSCRIPTION, inbound, event, subscription, lambda _subscription_id: None)


def _facts(inbound: Inbound, subscription: Json) -> SubscriptionFacts | Ignored:
    """What Stripe says, with ids of rows here: brings the customer and the prices here first if need be."""
    customer_id = customers.of(inbound, subscription)
    if isinstance(customer_id, Ignored):
        return customer_id
    items = translate.items(subscription)
    if translate.has_more(subscription):
        params = {"subscription": subscription["id"], "limit": PAGE}
        items = translate.all_items(inbound.look_up("subscription_items.list", "", params))
    price_ids = prices.ensure(
        inbound, {translate.price_id(item): translate.price(item) for item in items}.values()
    )
    if isinstance(price_ids, Ignored):
        return price_ids
    facts = translate.subscription_facts(subscription, items, customer_id, price_ids, inbound.created)
    if inbound.is_on("plan_inbound_enabled"):
        prices.learn_currency(inbound, price_ids.values(), facts.currency)
    return facts


def _adopt(inbound: Inbound, subscription: Json) -> str | Ignored:
    """Links the subscription that FlexSync's metadata names, creates one otherwise."""
    facts = _facts(inbound, subscription)
    if isinstance(facts, Ignored):
        return facts
    candidates = match_candidates.by_metadata(inbound, *SUBSCRIPTION.row, subscription)
    subscription_id = match_candidates.match(inbound, Kind.SUBSCRIPTION, subscription["id"], candidates)
    if subscription_id:
        _follow(inbound, subscription_id, facts)
    else:
        environment, origin = inbound.environment_id, inbound.connection_id
        subscription_id = subscriptions.create(environment_id=environment, facts=facts, origin=origin).pk
    inbound.link(Kind.SUBSCRIPTION, subscription_id, subscription["id"])
    return subscription_id


def _update(inbound: Inbound, subscription_id: str, subscription: Json, _event: Json) -> Ignored | None:
    facts = _facts(inbound, subscription)
    if isinstance(facts, Ignored):
        return facts
    environment, origin = inbound.environment_id, inbound.connection_id
    subscriptions.replace(
        environment_id=environment, subscription_id=subscription_id, facts=facts, origin=origin
    )
    return None


def _echo(inbound: Inbound, subscription_id: str, subscription: Json) -> Ignored | None:
    facts = _facts(inbound, subscription)
    if isinstance(facts, Ignored):
        return facts
    _follow(inbound, subscription_id, facts)
    return None


def _follow(inbound: Inbound, subscription_id: str, facts: SubscriptionFacts) -> None:
    """Takes over what Stripe alone decides of a subscription that FlexSync sent there: status and periods."""
    environment, origin = inbound.environment_id, inbound.connection_id
    known = subscriptions.facts(Subscription.objects.get(pk=subscription_id, environment_id=environment))
    subscriptions.replace(
        environment_id=environment,
        subscription_id=subscription_id,
        facts=translate.followed(known, facts),
        origin=origin,
    )


SUBSCRIPTION = upsert.Resource(
    kind=Kind.SUBSCRIPTION,
    row=(Subscription, metadata.SUBSCRIPTION_ID),
    retrieve="subscriptions.retrieve",
    adopt=_adopt,
    update=_update,
    current_params=subscription_params.current_params,
    echo=_echo,
)

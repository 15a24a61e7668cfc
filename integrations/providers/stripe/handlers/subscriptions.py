"""customer.subscription.*: each event carries the whole subscription, so each is an upsert."""

from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Subscription
from billing.services.subscriptions import subscriptions
from integrations.provider_api import Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import claims, customers, holding, prices
from integrations.providers.stripe.handlers.echoes import is_echo
from integrations.providers.stripe.handlers.events import STALE, elsewhere, newest, object_of, rank_of
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import subscriptions as translate
from integrations.providers.stripe.translate.shapes import id_of

# Stripe's longest page of a list.
PAGE = 100


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """Created, updated, deleted (which at Stripe is cancelled), paused, resumed, about to leave its trial."""
    subscription = object_of(event)
    foreign = elsewhere(inbound, subscription)
    if foreign:
        return foreign
    ours = inbound.entity_id_of(Kind.SUBSCRIPTION, subscription["id"])
    if ours is None and inbound.event_type == "customer.subscription.deleted":
        return _ended_before_it_came(inbound, subscription)
    freshness = inbound.freshness(Kind.SUBSCRIPTION, subscription["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    subscription = newest(inbound, freshness, "subscriptions.retrieve", subscription)
    facts = _facts(inbound, subscription)
    if isinstance(facts, Ignored):
        return facts
    if ours is None:
        _adopt(inbound, subscription, facts)
    elif is_echo(inbound, event):
        _follow(inbound, ours, facts)
    else:
        subscriptions.replace(
            environment_id=inbound.environment_id,
            subscription_id=ours,
            facts=facts,
            origin=inbound.connection_id,
        )
        holding.note(inbound, Kind.SUBSCRIPTION, ours, subscription)
    return None


def _ended_before_it_came(inbound: Inbound, subscription: Json) -> Ignored | None:
    """The end may arrive first: it brings the subscription here, and what comes later is old."""
    facts = _facts(inbound, subscription)
    if isinstance(facts, Ignored):
        return facts
    _adopt(inbound, subscription, facts)
    inbound.freshness(Kind.SUBSCRIPTION, subscription["id"], rank_of(inbound))
    return None


def _facts(inbound: Inbound, subscription: Json) -> SubscriptionFacts | Ignored:
    """What Stripe says, in our ids: customer and prices are brought here first if need be."""
    customer = customers.ensure(inbound, id_of(subscription["customer"]))
    if isinstance(customer, Ignored):
        return customer
    items = translate.items(subscription)
    if translate.has_more(subscription):
        asked = {"subscription": subscription["id"], "limit": PAGE}
        items = translate.all_items(inbound.look_up("subscription_items.list", "", asked))
    known = prices.ensure(
        inbound, {translate.price_id(item): translate.price(item) for item in items}.values()
    )
    if isinstance(known, Ignored):
        return known
    return translate.subscription_facts(subscription, items, customer, known, inbound.created)


def _adopt(inbound: Inbound, subscription: Json, facts: SubscriptionFacts) -> None:
    """Links the subscription that FlexSync's metadata names, creates one otherwise."""
    named = claims.by_id(inbound, Subscription, metadata.of(subscription).get(metadata.SUBSCRIPTION_ID, ""))
    why = f"metadata.{metadata.SUBSCRIPTION_ID}"
    ours = claims.settle(inbound, Kind.SUBSCRIPTION, subscription["id"], {why: named})
    if ours:
        _follow(inbound, ours, facts)
    else:
        environment, origin = inbound.environment_id, inbound.connection_id
        ours = subscriptions.create(environment_id=environment, facts=facts, origin=origin).pk
    inbound.link(Kind.SUBSCRIPTION, ours, subscription["id"])


def _follow(inbound: Inbound, ours: str, told: SubscriptionFacts) -> None:
    """Takes over what only Stripe can know of a subscription that we have told it about: how it goes, and when."""
    environment, origin = inbound.environment_id, inbound.connection_id
    known = subscriptions.facts(Subscription.objects.get(pk=ours, environment_id=environment))
    facts = translate.followed(known, told)
    subscriptions.replace(environment_id=environment, subscription_id=ours, facts=facts, origin=origin)

"""customer.subscription.*: each event carries the whole subscription, which is merged with the one here."""

from billing.events import Kind
from billing.models import Subscription
from billing.services.subscriptions import subscriptions
from integrations.provider_api import LAST_KNOWN, Ignored, Inbound, Json, Place
from integrations.providers.stripe.handlers import customers, match_candidates, prices, upsert
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.merging import subscriptions as merging
from integrations.providers.stripe.merging.subscription_rows import ids
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import subscription_params as params
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


def _complete(inbound: Inbound, subscription: Json) -> Json:
    """With all of its items: its events and answers hold the first ones only."""
    if not translate.has_more(subscription):
        return subscription
    query = {"subscription": subscription["id"], "limit": PAGE}
    items = translate.all_items(inbound.look_up("subscription_items.list", "", query))
    return {**subscription, "items": {**subscription["items"], "data": items, "has_more": False}}


def _price_ids(inbound: Inbound, subscription: Json) -> dict[str, str] | Ignored:
    """The ids of its prices here by Stripe's; brings them here if need be."""
    there = {translate.price_id(item): translate.price(item) for item in translate.items(subscription)}
    price_ids = prices.ensure(inbound, there.values())
    if not isinstance(price_ids, Ignored) and inbound.is_on("plan_inbound_enabled"):
        prices.learn_currency(inbound, price_ids.values(), translate.currency(subscription))
    return price_ids


def _needs(inbound: Inbound, subscription: Json) -> Ignored | None:
    customer_id = customers.of(inbound, subscription)
    if isinstance(customer_id, Ignored):
        return customer_id
    price_ids = _price_ids(inbound, subscription)
    return price_ids if isinstance(price_ids, Ignored) else None


def _adopt(inbound: Inbound, subscription: Json) -> str | Ignored:
    """Links the subscription that FlexSync's metadata names, creates one otherwise."""
    subscription = _complete(inbound, subscription)
    customer_id = customers.of(inbound, subscription)
    if isinstance(customer_id, Ignored):
        return customer_id
    price_ids = _price_ids(inbound, subscription)
    if isinstance(price_ids, Ignored):
        return price_ids
    facts = translate.subscription_facts(subscription, customer_id, price_ids, inbound.created)

    def create() -> str:
        environment, origin = inbound.environment_id, inbound.connection_id
        return str(subscriptions.create(environment_id=environment, facts=facts, origin=origin).pk)

    candidates = match_candidates.by_metadata(inbound, *SUBSCRIPTION.row, subscription)
    subscription_id, is_new = match_candidates.link_or_create(
        inbound,
        Kind.SUBSCRIPTION,
        subscription["id"],
        candidates,
        create,
        lambda chosen: _unfit(chosen, customer_id),
    )
    upsert.adopted(SUBSCRIPTION, inbound, subscription_id, subscription, is_new=is_new)
    return subscription_id


def _unfit(subscription_id: str, customer_id: str) -> str:
    """Why that subscription here cannot be one of that customer, "" where it can."""
    own = Subscription.objects.values_list("customer_id", flat=True).get(pk=subscription_id)
    return "" if own == customer_id else "the two belong to different customers"


def _follow(inbound: Inbound, subscription_id: str, subscription: Json) -> None:
    """Takes over what Stripe alone decides: status and periods."""
    held = inbound.notes_of(Kind.SUBSCRIPTION, subscription["id"]).get(LAST_KNOWN) or {}
    place = Place(
        inbound.connection_id,
        inbound.environment_id,
        inbound.provider_id_of,
        inbound.entity_id_of,
        held,
        params.current_params(subscription),
    )
    known = merging.facts_of(inbound.environment_id, subscription_id)
    subscriptions.replace(
        environment_id=inbound.environment_id,
        subscription_id=subscription_id,
        facts=translate.followed(known, subscription, ids(place, known), inbound.created),
        origin=inbound.connection_id,
    )


def _echo(inbound: Inbound, subscription_id: str, subscription: Json) -> None:
    """What has ended is merged: no later event will tell what was changed there just before."""
    if subscription["status"] == "canceled":
        _needs(inbound, subscription)
        inbound.merge(Kind.SUBSCRIPTION, subscription_id, params.current_params(subscription))
    _follow(inbound, subscription_id, subscription)


SUBSCRIPTION = upsert.Resource(
    kind=Kind.SUBSCRIPTION,
    row=(Subscription, metadata.SUBSCRIPTION_ID),
    retrieve="subscriptions.retrieve",
    adopt=_adopt,
    synced=merging.SUBSCRIPTION,
    follow=_follow,
    complete=_complete,
    needs=_needs,
    echo=_echo,
    follows_echoes=True,
)

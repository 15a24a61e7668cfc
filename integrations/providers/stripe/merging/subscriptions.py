"""Subscriptions, as both sides edit them; their status and periods are Stripe's alone."""

from collections.abc import Sequence

from django.utils import timezone

from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Subscription
from billing.services.find import find
from billing.services.subscriptions import subscriptions
from integrations.provider_api import Fields, Json, Mergeable, Place, value_of
from integrations.providers.stripe.merging.subscription_rows import Received, ids, renamed, stripe_price
from integrations.providers.stripe.merging.synced import Synced
from integrations.providers.stripe.translate import metadata, subscription_calls, unsendable
from integrations.providers.stripe.translate import subscription_params as translate
from integrations.providers.stripe.translate.fields import read_object
from integrations.providers.stripe.translate.subscription_fields import fields, part_of
from integrations.providers.stripe.translate.subscription_items import GONE

_OBJECTS = ("metadata", "items")
_COLUMNS = {
    "cancel_at": ("cancel_at", "cancel_at_period_end"),
    "collection_method": ("collection_method", "days_until_due"),
    "pause_collection": ("paused",),
}


def facts_of(environment_id: str, subscription_id: str) -> SubscriptionFacts:
    """What is known of the subscription here."""
    return subscriptions.facts(find(Subscription, environment_id, [subscription_id])[subscription_id])


def _desired(place: Place, subscription_id: str) -> Json:
    """With the ids that Stripe's items have; what Stripe has replaced by another item is left out."""
    facts = facts_of(place.environment_id, subscription_id)
    prices = {item.price_id: stripe_price(place, item.price_id) for item in facts.items}
    params = translate.desired_params(facts, subscription_id, prices)
    known = zip(params["items"], ids(place, facts), strict=True)
    items = [{"id": item_id, **item} for item, item_id in known if item_id is not GONE]
    return {**params, "items": items}


def _put(place: Place, entity_id: str, values: Fields, *, origin: str | None) -> None:
    facts = facts_of(place.environment_id, entity_id)
    if facts.status == "cancelled" and origin is None:
        return
    subscriptions.replace(
        environment_id=place.environment_id,
        subscription_id=entity_id,
        facts=Received(place, facts, values).result(),
        origin=origin,
    )


def _current(payload: Json) -> Json:
    return translate.current_params(payload["data"]["object"])


def _replaced(payload: Json) -> Fields:
    """Values by field, and by item: those of the object as it was before, where they differ."""
    after = payload["data"]["object"]
    given = read_object(payload["data"], "previous_attributes")
    if not given:
        return {}
    former = {name: _without({**after[name], **given[name]}) for name in _OBJECTS if given.get(name)}
    was = fields(translate.current_params({**after, **given, **former}))
    now = fields(translate.current_params(after))
    found = {name: was.get(name) for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    return found | {part: value_of(was, part) for name in found if (part := part_of(name))}


def _without(given: Json) -> Json:
    """A key of metadata that was added was null before."""
    return {name: value for name, value in given.items() if value is not None}


def _columns(place: Place, entity_id: str, field: str) -> Sequence[str]:
    part = part_of(field)
    if not part:
        return _COLUMNS.get(field, (field,))
    prices = _prices(place, entity_id, part.removeprefix("items."))
    inner = ("quantity", "metadata") if field == part else (field.removeprefix(f"{part}.").split(".")[0],)
    return [f"items.{price}{name}" for price in prices for name in ("", *(f".{one}" for one in inner))]


def _prices(place: Place, entity_id: str, item_id: str) -> set[str]:
    """The prices that the item has here and at Stripe, by their ids here."""
    facts = facts_of(place.environment_id, entity_id)
    known = zip(ids(place, facts), facts.items, strict=True)
    here = {item.price_id for one, item in known if one == item_id}
    there = (item["price"] for item in place.held.get("items", ()) if item["id"] == item_id)
    return here | {found for price in there if (found := place.entity_id_of(Kind.PRICE, price))}


SUBSCRIPTION = Synced(
    kind=Kind.SUBSCRIPTION,
    retrieve="subscriptions.retrieve",
    update="subscriptions.update",
    call_fields=lambda changed, known: subscription_calls.call_fields(changed, known, timezone.now()),
    call_params=subscription_calls.call_params,
    mergeable=Mergeable(
        desired=_desired,
        put=_put,
        replaced=_replaced,
        current=_current,
        made=translate.made,
        is_reserved=metadata.is_mark_field,
        fields=fields,
        is_fixed=lambda current, _field: current["status"] in ("canceled", "incomplete_expired"),
        part_of=part_of,
        renamed=renamed,
        columns=_columns,
        unsendable=unsendable.of_metadata,
        times=("cancel_at", "trial_end"),
    ),
)

"""A subscription beside Stripe's, which bills it."""

from typing import Any

from django.utils import timezone

from billing.events import Kind
from billing.models import Subscription
from billing.models.subscriptions import SubscriptionStatus
from billing.services.subscriptions import subscriptions
from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import belongs, marks
from integrations.providers.stripe.push.last_known import LAST_KNOWN
from integrations.providers.stripe.push.subscriptions import CREATED_BY_FLEXSYNC
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import subscription_params as translate
from integrations.providers.stripe.translate.fields import read_id

# Page "The Subscription object", status.
_ENDED = ("canceled", "incomplete_expired")


def _compare(place: Place, subscription_id: str, stripe_subscription: Json) -> Comparison:
    subscription = Subscription.objects.get(pk=subscription_id)
    facts = subscriptions.facts(subscription)
    prices = {
        item.price_id: place.provider_id_of(Kind.PRICE, item.price_id) or item.price_id
        for item in facts.items
    }
    ours = translate.desired_params(facts, subscription_id, prices, timezone.now())
    theirs = translate.current_params(stripe_subscription, ours)
    customer = read_id(stripe_subscription, "customer")
    problems = belongs(place, "customer", customer, Kind.CUSTOMER, subscription.customer_id)
    notes = {LAST_KNOWN: theirs, CREATED_BY_FLEXSYNC: True}
    return Comparison(_by_price(ours), _by_price(theirs), problems, notes)


def _by_price(params: Json) -> dict[str, Any]:
    """The parameters with the quantity of each price, as both sides can be compared."""
    known = {name: value for name, value in params.items() if name not in ("items", "status")}
    return {**known, "items": {item["price"]: item["quantity"] for item in params["items"]}}


def _asks(_subscription_id: str, stripe_subscription: Json) -> str:
    if stripe_subscription["status"] in _ENDED:
        return ""
    return (
        f"Stripe bills the subscription {stripe_subscription['id']}, which is {stripe_subscription['status']}: the next"
        " sync would make a second one beside it. Cancel it at Stripe first."
    )


def _asks_anew(subscription_id: str) -> str:
    status = Subscription.objects.values_list("status", flat=True).get(pk=subscription_id)
    if status in (SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED):
        return ""
    return (
        f"{subscription_id} is {status} and would have no counterpart: its next sync would make another subscription at"
        " Stripe, which bills it too."
    )


SUBSCRIPTIONS = Linkable(
    "subscriptions.retrieve",
    _compare,
    marks(metadata.SUBSCRIPTION_ID),
    asks=_asks,
    asks_anew=_asks_anew,
)

"""A subscription beside Stripe's, which bills it."""

from dataclasses import replace

from billing.events import Kind
from billing.models import Subscription
from billing.models.subscriptions import SubscriptionStatus
from integrations.provider_api import Comparison, Json, Linkable, Place
from integrations.providers.stripe.links.objects import belongs, compared, marks
from integrations.providers.stripe.merging.subscriptions import SUBSCRIPTION
from integrations.providers.stripe.push.subscriptions import CREATED_BY_FLEXSYNC
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import read_id
from integrations.providers.stripe.translate.status_words import in_words

# Page "The Subscription object", status.
_ENDED = ("canceled", "incomplete_expired")


def _compare(place: Place, subscription_id: str, stripe_subscription: Json) -> Comparison:
    subscription = Subscription.objects.get(pk=subscription_id)
    customer = read_id(stripe_subscription, "customer")
    problems = belongs(place, "customer", customer, Kind.CUSTOMER, subscription.customer_id)
    found = compared(SUBSCRIPTION, place, subscription_id, stripe_subscription, problems)
    return replace(found, notes={CREATED_BY_FLEXSYNC: True})


def _asks(_subscription_id: str, stripe_subscription: Json) -> str:
    if stripe_subscription["status"] in _ENDED:
        return ""
    return (
        f"Stripe bills the subscription {stripe_subscription['id']}, which is {in_words(stripe_subscription['status'])}: the next"
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

"""Brings a subscription to Stripe, which bills it from then on (docs/decisions), and keeps it up to date."""

from datetime import datetime

from django.utils import timezone

from billing.events import Kind
from billing.models import Price, Subscription
from billing.models.base import Status
from billing.models.subscriptions import SubscriptionStatus
from billing.services.subscriptions import subscriptions
from integrations.errors import Gone, Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import customers, default_methods, last_known, prices
from integrations.providers.stripe.translate import subscription_params as translate

# Stripe ends a subscription in one of two ways at a time: changing from one to the other takes two calls.
MAX_CALLS = 2
# Noted of a subscription that FlexSync created at Stripe: Stripe then makes its invoices.
CREATED_BY_FLEXSYNC = "began_here"


def needs_push(subscription_id: str) -> bool:
    """Whether an announced change asks for a push: not of a draft."""
    return Subscription.objects.filter(pk=subscription_id).exclude(status=SubscriptionStatus.DRAFT).exists()


def push(outbound: Outbound) -> None:
    """Creates the subscription at Stripe, sends what changed of it, or cancels it there."""
    subscription = Subscription.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    if subscription.status == SubscriptionStatus.DRAFT:
        raise Rejected(f"The subscription {subscription.pk} is a draft: give it another status first.")
    stripe_id = outbound.provider_id_of(Kind.SUBSCRIPTION, subscription.pk)
    if subscription.status == SubscriptionStatus.CANCELLED:
        _cancel(outbound, subscription, stripe_id)
        return
    now = timezone.now()
    desired = _desired(outbound, subscription, now)
    if stripe_id is None:
        stripe_id = _create(outbound, subscription, desired, now)
    _update(outbound, subscription, stripe_id, desired, now)
    _archive_prices(outbound, subscription)


def _desired(outbound: Outbound, subscription: Subscription, now: datetime) -> Json:
    facts = subscriptions.facts(subscription)
    # Raises Untranslatable before a price is created in vain.
    translate.desired_params(
        facts, subscription.pk, {item.price_id: item.price_id for item in facts.items}, now
    )
    stripe_prices = {item.price_id: prices.ensure(outbound, item.price_id) for item in facts.items}
    return translate.desired_params(facts, subscription.pk, stripe_prices, now)


def _create(outbound: Outbound, subscription: Subscription, desired: Json, now: datetime) -> str:
    customer = customers.ensure(outbound, subscription.customer_id)
    params = translate.create_params(subscriptions.facts(subscription), desired, customer, now)

    def notes(response: Json) -> Json:
        if outbound.dry:
            return {CREATED_BY_FLEXSYNC: True, **last_known.notes(translate.planned(desired))}
        return {CREATED_BY_FLEXSYNC: True, **_notes(response, desired)}

    link = (Kind.SUBSCRIPTION, subscription.pk)
    with default_methods.needed(outbound, subscription.customer_id):
        answer = outbound.once("create", "subscriptions.create", params, link=link, annotate=notes)
    return str(answer["id"])


def _update(
    outbound: Outbound, subscription: Subscription, stripe_id: str, desired: Json, now: datetime
) -> None:
    for _ in range(MAX_CALLS):
        known = _last_known(outbound, subscription, stripe_id, desired)
        if known is None:
            outbound.skip("update", "What differs is known only once Stripe has returned its subscription.")
            return
        if known["status"] == "paused" and not desired["pause_collection"]:
            _resume(outbound, stripe_id, desired)
            continue
        params = _changes(known, desired, now)
        if not params:
            outbound.skip("update", "Stripe already has these values.")
            return
        step = last_known.step_name("update", params)
        with default_methods.needed(outbound, subscription.customer_id):
            _call(outbound, step, "subscriptions.update", params, stripe_id, desired)
        if outbound.dry:
            return


def _changes(known: Json, desired: Json, now: datetime) -> Json:
    params = translate.changes(known, desired, now) | last_known.changed_metadata(known, desired)
    if "items" in params or "trial_end" in params:
        params |= translate.NO_PRORATION | {"payment_behavior": "allow_incomplete", "off_session": True}
    return params


def _last_known(outbound: Outbound, subscription: Subscription, stripe_id: str, desired: Json) -> Json | None:
    """The values of Stripe's subscription: as noted, or read from Stripe after a lost response.

    None in a dry run that would have to read them.
    """
    notes = outbound.notes_of(Kind.SUBSCRIPTION, subscription.pk)
    known: Json | None = notes.get(last_known.LAST_KNOWN)
    step = last_known.step_name("look", desired)
    if known is not None and not outbound.is_unsure(stripe_id, step):
        return known
    found = outbound.once(step, "subscriptions.retrieve", {}, target=stripe_id)
    return None if outbound.dry else translate.current_params(found, desired)


def _resume(outbound: Outbound, stripe_id: str, desired: Json) -> None:
    """Page "Resume a subscription": of one that was paused at Stripe, by a person or after its trial."""
    params = {"billing_cycle_anchor": {"type": "unchanged"}, **translate.NO_PRORATION}
    _call(outbound, "resume", "subscriptions.resume", params, stripe_id, desired)


def _cancel(outbound: Outbound, subscription: Subscription, stripe_id: str | None) -> None:
    """Page "Cancel a subscription": at once, and nothing more is billed or credited."""
    known = outbound.notes_of(Kind.SUBSCRIPTION, subscription.pk).get(last_known.LAST_KNOWN) or {}
    if stripe_id is None:
        outbound.skip("cancel", "The subscription was never sent to Stripe.")
    elif known.get("status") in ("canceled", "incomplete_expired"):
        outbound.skip("cancel", f"Stripe's subscription is already {known['status']}.")
    else:
        params = {"invoice_now": False, "prorate": False}
        _call(outbound, "cancel", "subscriptions.cancel", params, stripe_id, known)


def _archive_prices(outbound: Outbound, subscription: Subscription) -> None:
    """A price that is archived here was created for this subscription alone: no other customer may buy it."""
    archived = Price.objects.filter(subscription_items__subscription=subscription, status=Status.ARCHIVED)
    for price in archived.distinct().order_by("pk"):
        known = outbound.notes_of(Kind.PRICE, price.pk).get(last_known.LAST_KNOWN) or {}
        if not known.get("active"):
            continue
        try:
            prices.update(outbound, price)
        except Gone as gone:
            outbound.skip(f"price-{price.pk}", str(gone))


def _call(outbound: Outbound, step: str, operation: str, params: Json, stripe_id: str, desired: Json) -> None:
    """Makes the call, and notes what Stripe then holds of the desired values."""
    outbound.once(
        step, operation, params, target=stripe_id, annotate=lambda response: _notes(response, desired)
    )


def _notes(response: Json, desired: Json) -> Json:
    return last_known.notes(translate.current_params(response, desired))

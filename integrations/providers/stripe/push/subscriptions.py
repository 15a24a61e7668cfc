"""Brings a subscription to Stripe, which bills it from then on (docs/decisions), and keeps it as it is here."""

from datetime import datetime

from django.utils import timezone

from billing.events import Kind
from billing.models import Price, Subscription
from billing.models.base import Status
from billing.models.subscriptions import SubscriptionStatus
from billing.services.subscriptions import subscriptions
from integrations.errors import Rejected
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import customers, notes, prices
from integrations.providers.stripe.translate import subscription_params as translate

# Stripe ends a subscription in one of two ways at a time: changing from one to the other takes two calls.
MOST_CALLS = 2
# Noted of a subscription that FlexSync has made there: its invoices are Stripe's to make.
BEGAN_HERE = "began_here"


def wanted(subscription_id: str) -> bool:
    """Whether an announced change asks for a push: a draft is nobody's business yet."""
    return Subscription.objects.filter(pk=subscription_id).exclude(status=SubscriptionStatus.DRAFT).exists()


def push(outbound: Outbound) -> None:
    """Makes the subscription at Stripe, tells what changed of it, or cancels it there."""
    subscription = Subscription.objects.get(pk=outbound.entity_id, environment_id=outbound.environment_id)
    if subscription.status == SubscriptionStatus.DRAFT:
        raise Rejected(f"The subscription {subscription.pk} is a draft: give it another status first.")
    theirs = outbound.provider_id_of(Kind.SUBSCRIPTION, subscription.pk)
    if subscription.status == SubscriptionStatus.CANCELLED:
        _cancel(outbound, subscription, theirs)
        return
    now = timezone.now()
    target = _wanted(outbound, subscription, now)
    if theirs is None:
        theirs = _create(outbound, subscription, target, now)
    _update(outbound, subscription, theirs, target, now)
    _retire(outbound, subscription)


def _wanted(outbound: Outbound, subscription: Subscription, now: datetime) -> Json:
    facts = subscriptions.facts(subscription)
    # What Stripe cannot express is refused before a price is made for it.
    translate.wanted(facts, subscription.pk, {item.price_id: item.price_id for item in facts.items}, now)
    theirs = {item.price_id: prices.ensure(outbound, item.price_id) for item in facts.items}
    return translate.wanted(facts, subscription.pk, theirs, now)


def _create(outbound: Outbound, subscription: Subscription, target: Json, now: datetime) -> str:
    customer = customers.ensure(outbound, subscription.customer_id)
    params = translate.create_params(subscriptions.facts(subscription), target, customer, now)

    def note(answer: Json) -> Json:
        said = notes.sent(translate.planned(target)) if outbound.dry else _note(answer, target)
        return {BEGAN_HERE: True, **said}

    answer = outbound.once(
        "create",
        "subscriptions.create",
        params,
        link=(Kind.SUBSCRIPTION, subscription.pk),
        annotate=note,
    )
    return str(answer["id"])


def _update(outbound: Outbound, subscription: Subscription, theirs: str, target: Json, now: datetime) -> None:
    for _ in range(MOST_CALLS):
        held = _held(outbound, subscription, theirs, target)
        if held is None:
            outbound.skip("update", "What differs is known once Stripe has answered.")
            return
        if held["status"] == "paused" and not target["pause_collection"]:
            _resume(outbound, theirs, target)
            continue
        params = translate.changes(held, target, now) | notes.metadata_news(held, target)
        if not params:
            outbound.skip("update", "Stripe was told this already.")
            return
        if "items" in params or "trial_end" in params:
            params |= translate.NO_PRORATION | {"payment_behavior": "allow_incomplete", "off_session": True}
        outbound.once(
            notes.step("update", params),
            "subscriptions.update",
            params,
            target=theirs,
            annotate=lambda answer: _note(answer, target),
        )
        if outbound.dry:
            return


def _held(outbound: Outbound, subscription: Subscription, theirs: str, target: Json) -> Json | None:
    """What Stripe's subscription says: as noted, or asked for where nobody has noted it or an answer was lost.

    None in a plan that would have to ask.
    """
    held: Json | None = outbound.notes_of(Kind.SUBSCRIPTION, subscription.pk).get(notes.HELD)
    step = notes.step("look", target)
    if held is not None and not outbound.is_unsure(theirs, step):
        return held
    answer = outbound.once(step, "subscriptions.retrieve", {}, target=theirs)
    return None if outbound.dry else translate.current_params(answer, target["metadata"])


def _resume(outbound: Outbound, theirs: str, target: Json) -> None:
    """Page "Resume a subscription": one that Stripe itself has paused, at the end of its trial or when asked there."""
    params = {"billing_cycle_anchor": {"type": "unchanged"}, **translate.NO_PRORATION}
    outbound.once(
        "resume",
        "subscriptions.resume",
        params,
        target=theirs,
        annotate=lambda answer: _note(answer, target),
    )


def _cancel(outbound: Outbound, subscription: Subscription, theirs: str | None) -> None:
    """Page "Cancel a subscription": at once, and nothing more is billed or credited."""
    held = outbound.notes_of(Kind.SUBSCRIPTION, subscription.pk).get(notes.HELD) or {}
    if theirs is None:
        outbound.skip("cancel", "It was never at Stripe.")
    elif held.get("status") in ("canceled", "incomplete_expired"):
        outbound.skip("cancel", f"Stripe's subscription is {held['status']} already.")
    else:
        outbound.once(
            "cancel",
            "subscriptions.cancel",
            {"invoice_now": False, "prorate": False},
            target=theirs,
            annotate=lambda answer: _note(answer, held),
        )


def _retire(outbound: Outbound, subscription: Subscription) -> None:
    """A price that is archived here was made for this subscription alone: nobody else may buy it."""
    archived = Price.objects.filter(subscription_items__subscription=subscription, status=Status.ARCHIVED)
    for price in archived.distinct().order_by("pk"):
        held = outbound.notes_of(Kind.PRICE, price.pk).get(notes.HELD) or {}
        if held.get("active"):
            prices.update(outbound, price, outbound.provider_id_of(Kind.PRICE, price.pk) or "")


def _note(answer: Json, target: Json) -> Json:
    return notes.sent(translate.current_params(answer, target.get("metadata") or {}))

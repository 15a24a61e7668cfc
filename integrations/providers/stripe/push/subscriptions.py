"""Brings a subscription to Stripe, which bills it from then on (docs/decisions), and keeps it up to date."""

from django.utils import timezone

from billing.events import Kind
from billing.models import Price, Subscription
from billing.models.base import Status
from billing.models.subscriptions import SubscriptionStatus
from billing.services.subscriptions import subscriptions
from integrations.errors import Gone, NoPaymentMethod, Rejected
from integrations.provider_api import LAST_KNOWN, Json, Outbound, Sent
from integrations.providers.stripe.merging.subscriptions import SUBSCRIPTION
from integrations.providers.stripe.push import customers, default_methods, last_known, prices, updates
from integrations.providers.stripe.translate import subscription_params as translate
from integrations.providers.stripe.translate.status_words import in_words

# Noted of a subscription that FlexSync created at Stripe: Stripe then makes its invoices.
CREATED_BY_FLEXSYNC = "began_here"
_STEP = "update"


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
    if stripe_id is None and (biller := outbound.billed_elsewhere(subscription)):
        outbound.skip("create", f"{biller} bills it: a second one would charge the customer twice.")
        return
    desired = _desired(outbound, subscription)
    if stripe_id is None:
        stripe_id = _create(outbound, subscription, desired)
        if outbound.dry and not _is_to_be_updated(outbound, subscription):
            return
    with default_methods.needed(outbound, subscription.customer_id):
        _update(outbound, subscription, stripe_id)
    _archive_prices(outbound, subscription)


def _desired(outbound: Outbound, subscription: Subscription) -> Json:
    """What Stripe is to have; raises Untranslatable before a price is created in vain."""
    facts = subscriptions.facts(subscription)
    own = {item.price_id: item.price_id for item in facts.items}
    translate.refuse_untranslatable(translate.desired_params(facts, subscription.pk, own), subscription.pk)
    stripe_prices = {price_id: prices.ensure(outbound, price_id) for price_id in own}
    return translate.desired_params(facts, subscription.pk, stripe_prices)


def _create(outbound: Outbound, subscription: Subscription, desired: Json) -> str:
    customer = customers.ensure(outbound, subscription.customer_id)
    params = translate.create_params(subscriptions.facts(subscription), desired, customer, timezone.now())

    def notes(response: Json) -> Json:
        current = translate.planned(desired) if outbound.dry else translate.current_params(response)
        return {CREATED_BY_FLEXSYNC: True, **last_known.notes(current)}

    link = (Kind.SUBSCRIPTION, subscription.pk)
    with default_methods.needed(outbound, subscription.customer_id):
        answer = outbound.once("create", "subscriptions.create", params, link=link, annotate=notes)
    return str(answer["id"])


def _update(outbound: Outbound, subscription: Subscription, stripe_id: str) -> None:
    """Sends what changed; what Stripe refuses is sent once more, after a look at what may have been why."""
    try:
        _send(outbound, subscription, stripe_id)
    except (Gone, NoPaymentMethod):
        raise
    except Rejected as refusal:
        if refusal.connection_is_broken or outbound.dry:
            raise
        _look(outbound, subscription)
        if Subscription.objects.filter(pk=subscription.pk).exclude(status=SubscriptionStatus.CANCELLED):
            _send(outbound, subscription, stripe_id)


def _look(outbound: Outbound, subscription: Subscription) -> None:
    """Reads Stripe's subscription; what changed of it is merged."""
    held = outbound.pending(Kind.SUBSCRIPTION, subscription.pk, _STEP).held
    updates.look(outbound, SUBSCRIPTION, subscription.pk, Sent({}, held, is_certain=False), _STEP)


def _is_to_be_updated(outbound: Outbound, subscription: Subscription) -> bool:
    pending = outbound.pending(Kind.SUBSCRIPTION, subscription.pk, _STEP)
    return bool(SUBSCRIPTION.to_send(pending.changed, pending.known, pending.held or {}))


def _send(outbound: Outbound, subscription: Subscription, stripe_id: str) -> None:
    """One call, or two: Stripe ends a subscription in one of two ways at a time, and resumes by a call."""
    _resume(outbound, subscription, stripe_id)
    updates.update(outbound, SUBSCRIPTION, subscription.pk, step=_STEP)
    if not outbound.dry and _is_to_be_updated(outbound, subscription):
        updates.update(outbound, SUBSCRIPTION, subscription.pk, step=_STEP)


def _resume(outbound: Outbound, subscription: Subscription, stripe_id: str) -> None:
    """Page "Resume a subscription": of one that was paused at Stripe, by a person or after its trial."""
    pending = outbound.pending(Kind.SUBSCRIPTION, subscription.pk, _STEP)
    if (pending.held or {}).get("status") != "paused":
        return
    if pending.is_doubtful:
        updates.update(outbound, SUBSCRIPTION, subscription.pk, step=_STEP, only=())
        pending = outbound.pending(Kind.SUBSCRIPTION, subscription.pk, _STEP)
    if (pending.held or {}).get("status") != "paused" or "pause_collection" not in pending.changed:
        return
    outbound.once(
        f"{_STEP}-resume",
        "subscriptions.resume",
        {"billing_cycle_anchor": {"type": "unchanged"}, **translate.NO_PRORATION},
        target=stripe_id,
        merge=Sent({"pause_collection": (pending.known.get("pause_collection"), None)}, pending.held),
    )


def _cancel(outbound: Outbound, subscription: Subscription, stripe_id: str | None) -> None:
    """Page "Cancel a subscription": at once, and nothing more is billed or credited."""
    held = outbound.notes_of(Kind.SUBSCRIPTION, subscription.pk).get(LAST_KNOWN)
    known = held or {}
    if stripe_id is None:
        outbound.skip("cancel", "The subscription was never sent to Stripe.")
    elif known.get("status") in ("canceled", "incomplete_expired"):
        outbound.skip("cancel", f"Stripe's subscription is already {in_words(known['status'])}.")
    else:
        outbound.once(
            "cancel",
            "subscriptions.cancel",
            {"invoice_now": False, "prorate": False},
            target=stripe_id,
            merge=Sent({}, held, is_old=outbound.has_begun("cancel")),
        )
        if outbound.pending(Kind.SUBSCRIPTION, subscription.pk, _STEP).is_doubtful and not outbound.dry:
            _look(outbound, subscription)


def _archive_prices(outbound: Outbound, subscription: Subscription) -> None:
    """A price that is archived here was created for this subscription alone: no other customer may buy it."""
    archived = Price.objects.filter(subscription_items__subscription=subscription, status=Status.ARCHIVED)
    for price in archived.distinct().order_by("pk"):
        known = outbound.notes_of(Kind.PRICE, price.pk).get(LAST_KNOWN) or {}
        if not known.get("active"):
            continue
        try:
            prices.update(outbound, price)
        except Gone as gone:
            outbound.skip(f"price-{price.pk}", str(gone))

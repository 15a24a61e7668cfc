"""payment_intent.* and checkout.session.*: how the money of a payment goes."""

from dataclasses import replace

from billing.events import Kind
from integrations.errors import Missing
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import intent_invoices, money, refunds
from integrations.providers.stripe.handlers.copied_names import without_copied
from integrations.providers.stripe.handlers.events import STALE, object_of
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import payments as translate
from integrations.providers.stripe.translate.payments import StripeEvidence

# Of one second's events a decline comes first, then what followed it. (2 would mean deleted, which is final.)
_RANKS = {"payment_intent.payment_failed": 0}


def intent_changed(inbound: Inbound, event: Json) -> Ignored | None:
    """payment_intent.succeeded, payment_failed, processing, requires_action, canceled."""
    intent = object_of(event)
    if inbound.is_stale(Kind.PAYMENT, intent["id"], _RANKS.get(inbound.event_type, 1)):
        return STALE
    evidence = translate.of_intent(intent)
    if inbound.event_type == "payment_intent.payment_failed":
        evidence = translate.declined(evidence)
    try:
        return _applied(inbound, intent, evidence)
    except money.Misnamed:
        corrected = _named_now(inbound, evidence)
        if corrected == evidence:
            raise
    return _applied(inbound, intent, corrected)


def _applied(inbound: Inbound, intent: Json, evidence: StripeEvidence) -> Ignored | None:
    evidence = without_copied(inbound, evidence)
    return money.apply(inbound, intent_invoices.with_invoice(inbound, intent, evidence))


def _named_now(inbound: Inbound, evidence: StripeEvidence) -> StripeEvidence:
    """The evidence with what the intent's metadata names by now.

    Metadata can be corrected also once the intent has ended, and no event tells of it (page "Update a
    PaymentIntent").
    """
    try:
        intent = inbound.look_up("payment_intents.retrieve", evidence.gateway_payment_id, {})
    except Missing:
        return evidence
    found = translate.of_intent(intent)
    return replace(evidence, payment_id=found.payment_id, invoice_id=found.invoice_id)


def observed(inbound: Inbound, stripe_object: Json) -> None:
    """What an answer shows of a payment that FlexSync began (session or own intent), a refund, a dispute."""
    if stripe_object["object"] in ("refund", "dispute"):
        refunds.observed(inbound, stripe_object)
        return
    is_session = stripe_object["object"] == "checkout.session"
    of = translate.of_session if is_session else translate.of_intent
    money.apply(inbound, of(stripe_object))


def session_ended(inbound: Inbound, event: Json) -> Ignored | None:
    """checkout.session.completed, expired, async_payment_succeeded, async_payment_failed.

    Only sessions that FlexSync opened count: for others the PaymentIntent's own event says it all.
    """
    session = object_of(event)
    if session.get("mode") != "payment":
        return Ignored(f"A session in the mode {session.get('mode')} brings no payment.")
    is_named = metadata.of(session).get(metadata.PAYMENT_ID)
    evidence = without_copied(inbound, translate.of_session(session)) if is_named else None
    if evidence is None or not evidence.payment_id:
        return Ignored("FlexSync did not open this session; its payment, if any, comes with its own event.")
    if inbound.event_type == "checkout.session.async_payment_failed":
        evidence = translate.failed(evidence)
    intent_id = evidence.gateway_payment_id
    if intent_id and inbound.is_stale(Kind.PAYMENT, intent_id, 1):
        return STALE
    return money.apply(inbound, evidence)

"""Checkout Sessions: billing's facts to the page on which a customer pays or saves a method."""

from collections.abc import Mapping
from typing import Any

from billing.facts import PaymentFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.fields import seconds_of
from integrations.providers.stripe.translate.money import to_minor


def payment_params(facts: PaymentFacts, payment_id: str, customer: str, name: str) -> dict[str, Any]:
    """The parameters of POST /v1/checkout/sessions (page "Create a Checkout Session"), without its addresses.

    Session metadata does not reach the PaymentIntent, whose events must name the payment too: both carry it.
    """
    reserved = metadata.merged({metadata.PAYMENT_ID: payment_id, metadata.INVOICE_ID: facts.invoice_id or ""})
    options = facts.checkout_options
    intent: dict[str, Any] = {"metadata": reserved}
    if options.get("save_as_default"):
        intent["setup_future_usage"] = "off_session"
    params = {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": payment_id,
        "line_items": [{"quantity": 1, "price_data": _price(facts, payment_id, name)}],
        "metadata": reserved,
        "payment_intent_data": intent,
        **_offers(options),
    }
    if options.get("expires_in") and facts.checkout_expires_at:
        params["expires_at"] = seconds_of(facts.checkout_expires_at)
    return params


def _price(facts: PaymentFacts, payment_id: str, name: str) -> dict[str, Any]:
    return {
        "currency": facts.currency.lower(),
        # Stripe makes a product of it, which comes back as product.created and is not part of the catalog.
        "product_data": {"name": name, "metadata": {metadata.PAYMENT_ID: payment_id}},
        "unit_amount": to_minor(facts.amount, facts.currency),
    }


def _offers(options: Mapping[str, Any]) -> dict[str, Any]:
    """What the page offers or asks the customer for besides money."""
    offers: dict[str, Any] = {}
    if options.get("allow_promotion_codes"):
        offers["allow_promotion_codes"] = True
    if options.get("collect_tax_ids"):
        # Page "Collect tax IDs": for a known customer the page must be allowed to update the name.
        offers["tax_id_collection"] = {"enabled": True}
        offers["customer_update"] = {"name": "auto", "address": "auto"}
    return offers


def setup_params(customer: str, customer_id: str, currency: str, *, make_default: bool) -> dict[str, Any]:
    """The parameters of a session in mode setup; its metadata reaches the SetupIntent's events.

    ``currency`` decides which kinds of methods Stripe offers.
    """
    reserved = {metadata.CUSTOMER_ID: customer_id, **metadata.SOURCE_IS_FLEXSYNC}
    if make_default:
        reserved[metadata.SET_DEFAULT] = "true"
    reserved = metadata.merged(reserved)
    return {
        "mode": "setup",
        "currency": currency.lower(),
        "customer": customer,
        "metadata": reserved,
        "setup_intent_data": {"metadata": reserved},
    }

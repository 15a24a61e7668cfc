"""By which kind of payment method a payment was made, where what Stripe sent says it."""

from collections.abc import Mapping
from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_object, text_of


def of_intent(intent: Json) -> str:
    """That of the method or the charge where they are whole, of the last failure, else the only one allowed.

    Page "The PaymentIntent object": ``payment_method_types`` are those that may be used.
    """
    error = read_object(intent, "last_payment_error")
    return (
        _type(intent.get("payment_method"))
        or of_charge(intent.get("latest_charge"))
        or _type(error.get("payment_method"))
        or _type(error.get("source"))
        or _only(intent.get("payment_method_types"))
    )


def of_charge(charge: Any) -> str:
    """That of a charge that is whole, "" for an id."""
    return _type(charge.get("payment_method_details")) if isinstance(charge, Mapping) else ""


def of_source(source: Json) -> str:
    """That of the intent or the charge of an invoice's payment, where they are whole."""
    intent = source.get("payment_intent")
    return of_intent(intent) if isinstance(intent, Mapping) else of_charge(source.get("charge"))


def _type(whole: Any) -> str:
    return text_of(whole, "type") if isinstance(whole, Mapping) else ""


def _only(types: Any) -> str:
    return types[0] if isinstance(types, list) and len(types) == 1 and isinstance(types[0], str) else ""

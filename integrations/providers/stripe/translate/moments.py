"""When money moved and invoices ended, where an object says it; elsewhere its event's time counts."""

from collections.abc import Mapping
from datetime import datetime

from integrations.providers.stripe.translate.fields import Json, read_object, read_time


def reached(stripe_object: Json, status: str) -> datetime | None:
    """When an invoice or InvoicePayment became ``status`` (``status_transitions``); None where it did not."""
    return read_time(read_object(stripe_object, "status_transitions"), f"{status}_at")


def ended(invoice: Json) -> datetime | None:
    """When it was voided, or else marked uncollectible; None where it was neither."""
    return reached(invoice, "voided") or reached(invoice, "marked_uncollectible")


def charged(intent: Json) -> datetime | None:
    """When the charge was made that a succeeded PaymentIntent carries whole; None where it has its id."""
    charge = intent.get("latest_charge")
    if not isinstance(charge, Mapping) or charge.get("status") != "succeeded":
        return None
    return read_time(charge, "created")


def refunded(refund: Json, previous: Json) -> datetime | None:
    """When a refund that has succeeded was made.

    ``previous``: the event's ``previous_attributes``. None where its status has changed at the event's time:
    it was pending before, or it has failed.
    """
    is_news = "status" in previous or refund.get("status") != "succeeded"
    return None if is_news else read_time(refund, "created")

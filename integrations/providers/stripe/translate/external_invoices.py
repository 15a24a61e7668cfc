"""Invoices made in Stripe to billing's facts (page "The Invoice object")."""

from decimal import Decimal

from billing.facts import InvoiceFacts
from integrations.providers.stripe.translate import external_lines, metadata, statuses
from integrations.providers.stripe.translate.fields import Json, id_of, read_object, text_of, time_of
from integrations.providers.stripe.translate.money import from_minor

COLLECTION = {"charge_automatically": "charge_automatically", "send_invoice": "send_invoice"}


def facts_of(
    invoice: Json, customer_id: str, subscription_id: str | None, prices: dict[str, str]
) -> InvoiceFacts:
    """What Stripe's invoice says; ``prices``: ids of prices here by Stripe's, for those that are here.

    Raises Untranslatable where its lines do not add up to its total.
    """
    currency = str(invoice["currency"]).upper()
    return InvoiceFacts(
        customer_id=customer_id,
        currency=currency,
        lines=external_lines.facts_of(invoice, prices),
        description=str(invoice.get("description") or ""),
        footer=str(invoice.get("footer") or ""),
        number=text_of(invoice, "number", 100),
        collection_method=COLLECTION[invoice["collection_method"]],
        due_date=time_of(invoice.get("due_date")),
        period_start=time_of(invoice.get("period_start")),
        period_end=time_of(invoice.get("period_end")),
        subscription_id=subscription_id,
        metadata=metadata.custom(invoice),
    )


def status(invoice: Json) -> str:
    """Billing's status. An invoice that was uncollectible and then paid is still uncollectible."""
    found = statuses.INVOICE[invoice["status"]]
    marked = (invoice.get("status_transitions") or {}).get("marked_uncollectible_at")
    return "uncollectible" if found == "finalized" and marked else found


def total(invoice: Json) -> Decimal:
    """What is owed in all, in major units."""
    return from_minor(int(invoice["total"]), str(invoice["currency"]))


def subscription(invoice: Json) -> str:
    """The invoice's subscription at Stripe, "" when there is none."""
    parent = read_object(invoice, "parent")
    return id_of(read_object(parent, "subscription_details").get("subscription"))


def is_credit(invoice: Json) -> bool:
    """Whether the invoice gives money back instead of asking for it (page "Customer credit balance")."""
    return int(invoice["total"]) < 0


def paid_through_stripe(invoice: Json) -> Decimal:
    """How much (major units) payments at Stripe have brought so far, without what came in other ways."""
    minor = int(invoice.get("amount_paid") or 0) - int(invoice.get("amount_paid_off_stripe") or 0)
    return from_minor(max(minor, 0), str(invoice["currency"]))

"""Invoices made in Stripe to billing's facts (page "The Invoice object")."""

from decimal import Decimal

from billing import texts
from billing.facts import InvoiceFacts
from integrations.providers.stripe.translate import external_lines, metadata, statuses
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import (
    Json,
    read_id,
    read_member,
    read_object,
    read_time,
    read_whole,
    text_of,
    text_that_fits,
)


def facts_of(
    invoice: Json, customer_id: str, subscription_id: str | None, prices: dict[str, str]
) -> InvoiceFacts:
    """What Stripe's invoice says; ``prices``: ids of prices here by Stripe's, for those that are here.

    Raises Untranslatable where its lines do not add up to its total.
    """
    currency = read_currency(invoice)
    return InvoiceFacts(
        customer_id=customer_id,
        currency=currency,
        lines=external_lines.facts_of(invoice, prices),
        description=text_of(invoice, "description"),
        footer=text_of(invoice, "footer"),
        number=_number(invoice),
        collection_method=read_member(invoice, "collection_method", statuses.COLLECTION),
        due_date=read_time(invoice, "due_date"),
        period_start=read_time(invoice, "period_start"),
        period_end=read_time(invoice, "period_end"),
        subscription_id=subscription_id,
        metadata=metadata.custom(invoice),
    )


def _number(invoice: Json) -> str:
    """Its number, or its id where it is final without one: FlexSync's numbers are for its own invoices."""
    number = text_that_fits(invoice, "number", texts.LONGEST_KEY)
    return number or ("" if invoice.get("status") == "draft" else str(invoice["id"]))


def status(invoice: Json) -> str:
    """Billing's status. An invoice that was uncollectible and then paid is still uncollectible."""
    found = read_member(invoice, "status", statuses.INVOICE)
    marked = read_object(invoice, "status_transitions").get("marked_uncollectible_at")
    return "uncollectible" if found == "finalized" and marked else found


def total(invoice: Json) -> Decimal:
    """What is owed in all, in major units."""
    return read_amount(invoice, "total", read_currency(invoice))


def subscription(invoice: Json) -> str:
    """The invoice's subscription at Stripe, "" when there is none."""
    parent = read_object(invoice, "parent")
    return read_id(read_object(parent, "subscription_details"), "subscription")


def is_paid_whole(invoice: Json) -> bool:
    """Whether Stripe takes no part payment of it (page "Accept partial payments")."""
    return bool(subscription(invoice)) and invoice.get("collection_method") == "charge_automatically"


def is_credit(invoice: Json) -> bool:
    """Whether the invoice gives money back instead of asking for it (page "Customer credit balance")."""
    return read_whole(invoice, "total") < 0

"""What a paid invoice says about the money that paid it (page "The Invoice object")."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from integrations.providers.stripe.translate import moments
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json, read_id, read_list, read_objects
from integrations.providers.stripe.translate.payments import StripeEvidence, of_invoice_payment

OUT_OF_BAND = "out_of_band"
OFF_STRIPE = "amount_paid_off_stripe"


def named_payments(invoice: Json) -> Iterator[StripeEvidence]:
    """The payments that the invoice names, where ``payments`` was expanded or of an older API version."""
    for payment in read_list(invoice, "payments"):
        evidence = of_invoice_payment(payment)
        if payment.get("status") == "paid" and evidence.gateway_payment_id:
            at = evidence.happened_at or moments.reached(invoice, "paid")
            yield replace(evidence, happened_at=at)


def invoices_of(page: Json) -> Iterator[str]:
    """The ids of the invoices that a page of InvoicePayments is for, without those that were given up."""
    return (
        read_id(payment, "invoice")
        for payment in read_objects(page, "data")
        if payment["status"] != "canceled"
    )


def shows_off_stripe_amount(invoice: Json) -> bool:
    """Whether the invoice says it: events of the pinned version never do, only a read that expands it.

    Stripe changelog, "Adds amount paid off Stripe property to Invoice object".
    """
    return invoice.get(OFF_STRIPE) is not None


def was_charged(invoice: Json) -> bool:
    """Whether Stripe has tried to collect it by itself."""
    return bool(invoice["collection_method"] == "charge_automatically" and invoice.get("attempted"))


def amount_paid(invoice: Json) -> Decimal:
    """What was paid of the invoice in all (major units)."""
    return read_amount(invoice, "amount_paid", read_currency(invoice), 0)


def off_stripe(invoice: Json) -> StripeEvidence | None:
    """What was paid outside Stripe, without a PaymentIntent; None for nothing."""
    currency = read_currency(invoice)
    amount = read_amount(invoice, OFF_STRIPE, currency, 0)
    if amount <= 0:
        return None
    return StripeEvidence(
        status="succeeded",
        amount=amount,
        currency=currency,
        invoice=str(invoice["id"]),
        customer=read_id(invoice, "customer"),
        method=OUT_OF_BAND,
        happened_at=moments.reached(invoice, "paid"),
    )

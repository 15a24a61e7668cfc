"""What a paid invoice says, in either dialect, about the money that paid it (page "The Invoice object")."""

from collections.abc import Iterator

from integrations.providers.stripe.translate.money import from_minor
from integrations.providers.stripe.translate.payments import Evidence, of_invoice_payment
from integrations.providers.stripe.translate.shapes import Json, id_of, listed

OUT_OF_BAND, CUSTOMER_BALANCE = "out_of_band", "customer_balance"


def named(invoice: Json) -> Iterator[Evidence]:
    """The payments that the invoice names: in ``payments`` when Stripe expanded it, one in the older dialect."""
    for payment in listed(invoice.get("payments")):
        evidence = of_invoice_payment(payment)
        if payment.get("status") == "paid" and evidence.intent_id:
            yield evidence
    intent = id_of(invoice.get("payment_intent") or invoice.get("charge"))
    if intent and invoice.get("amount_paid"):
        yield _evidence(invoice, int(invoice["amount_paid"]), intent_id=intent)


def off_card(invoice: Json) -> Iterator[tuple[str, Evidence]]:
    """What was paid without a PaymentIntent: outside Stripe, and from the customer's credit balance."""
    outside = int(invoice.get("amount_paid_off_stripe") or 0)
    if invoice.get("paid_out_of_band"):
        outside = int(invoice["total"])
    credit = int(invoice["total"]) - int(invoice["amount_due"])
    for kind, minor in ((OUT_OF_BAND, outside), (CUSTOMER_BALANCE, credit)):
        if minor > 0:
            yield kind, _evidence(invoice, minor, method=kind)


def _evidence(invoice: Json, minor: int, *, intent_id: str = "", method: str = "") -> Evidence:
    currency = str(invoice["currency"]).upper()
    return Evidence(
        status="succeeded",
        amount=from_minor(minor, currency),
        currency=currency,
        intent_id=intent_id,
        invoice=str(invoice["id"]),
        customer=id_of(invoice.get("customer")),
        method=method,
    )

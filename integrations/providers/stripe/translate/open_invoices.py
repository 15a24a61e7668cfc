"""What Stripe's invoice still asks for, and by which PaymentIntent (page "Partial payments")."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json, read_id, read_list, read_object
from integrations.providers.stripe.translate.invoice_payments import OFF_STRIPE

NOTHING = Decimal(0)
# With this an answer shows who pays how much of an invoice, the state of each PaymentIntent, and what came
# off Stripe.
PAYMENTS = {"expand": ["payments.data.payment.payment_intent", OFF_STRIPE]}


def amount_remaining(invoice: Json) -> Decimal:
    """What Stripe still asks for (major units); nothing of an invoice that has ended."""
    if invoice["status"] in ("paid", "void"):
        return NOTHING
    return read_amount(invoice, "amount_remaining", read_currency(invoice))


def open_default_intent(invoice: Json) -> str:
    """The PaymentIntent that Stripe made for the invoice, "" when it takes nothing any more.

    Its hosted page, its automatic collection and ``pay`` all confirm this one (page "The InvoicePayment
    object").
    """
    for payment in read_list(invoice, "payments"):
        if payment.get("is_default") and payment["status"] == "open":
            return read_id(read_object(payment, "payment"), "payment_intent")
    return ""


def intent_with_id(invoice: Json, intent_id: str) -> Json | None:
    """The invoice's PaymentIntent with that id, None when it is not shown."""
    return next((intent for _, intent in expanded(invoice) if intent["id"] == intent_id), None)


def processing_intent(invoice: Json) -> str:
    """The id of a PaymentIntent that a bank works on, "" when there is none."""
    processing = (intent for _, intent in expanded(invoice) if intent["status"] == "processing")
    return next((str(intent["id"]) for intent in processing), "")


def expanded(invoice: Json) -> Iterator[tuple[Json, Json]]:
    """The invoice's payments, those given up left out, each with its PaymentIntent where that is expanded."""
    for payment in read_list(invoice, "payments"):
        intent = read_object(payment, "payment").get("payment_intent")
        if isinstance(intent, Mapping) and payment["status"] != "canceled":
            yield payment, intent

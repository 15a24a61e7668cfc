"""The same events where every field that may be missing is: left out, or null."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integrations.providers.stripe.tests.corpus.cases import ABSENT, NULL, Case
from integrations.providers.stripe.tests.corpus.events import WHOLE
from integrations.providers.stripe.tests.corpus.moments import DAY, MOMENT, THEN

Json = dict[str, Any]
_ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
_NO_CUSTOMER = "The invoice names no customer, so it cannot be kept here."
_ELSEWHERE = "FlexSync did not open this session; its payment, if any, comes with its own event."
_WHICH = "The event is about the payment, but does not say which: its id is missing."
_MISSING = "The event is about a payment that is not here."
_NO_AMOUNT = "It has no amount per unit"
_NOT_PAID = {
    "Payment": None,
    "Invoice.payment_status": "pending",
    "Invoice.amount_paid": "0",
    "Invoice.amount_remaining": "32.4",
    "Invoice.next_attempt_at": MOMENT + 3 * DAY,
}
_NO_INVOICE = {"Invoice": None, "InvoiceLineItem": None}
_NOT_HERE = {"Payment.succeeded_at": None}
# What an update does not say stays as it is.
_STAYS = ("Customer.external_id", "Customer.currency", "Customer.preferred_locale")
_CLEARED = ("name", "email", "phone", *(f"address_{part}" for part in _ADDRESS))
_BARE_CUSTOMER = {**{f"Customer.{name}": "" for name in _CLEARED}, "Customer.metadata": {}}
_BARE_LINE = {
    "amount": "10.00",
    "quantity": "",
    "description": "",
    "unit_amount": "",
    "invoice_line_item_id": "",
}
_BARE_NOTE = {
    "CreditNote.reason": "",
    "CreditNote.memo": "",
    "CreditNote.metadata": {},
    "CreditNote.lines": [_BARE_LINE],
}
_BARE_DEAL = {
    "Subscription.trial_start": None,
    "Subscription.trial_end": None,
    "SubscriptionItem.quantity": "1",
}
# By a guest, as far as the intent says.
_BARE_PAYMENT = {
    "Payment.customer": None,
    "Payment.gateway_charge_id": "",
    "Payment.gateway_method_id": "",
    "Payment.failure_code": "",
    "Payment.failure_message": "",
    "Payment.next_action": {},
}
_NO_IDS = {"Payment.gateway_payment_id": "", "Payment.gateway_session_id": "", "Payment.failure_code": ""}
_UNTOUCHED = {"Payment.amount_refunded": "0", "Payment.refunded_told": "0", "Payment.status": "succeeded"}

# What becomes of each where every field that may be missing is, by the types' beginnings, of which the
# longest counts: a state, a reason, and the columns that differ from what the table above says.
BARE: dict[str, tuple[str, str, Json]] = {
    "customer": ("applied", "", _BARE_CUSTOMER),
    "customer.created": ("applied", "", {**_BARE_CUSTOMER, **dict.fromkeys(_STAYS, "")}),
    "customer.tax_id.created": ("dead", "The tax_id names no customer", {"Customer.tax_ids": []}),
    "customer.tax_id.deleted": ("ignored", "FlexSync never had this tax id.", {}),
    "product": ("applied", "", {"Plan.description": ""}),
    "price": ("applied", "", {"Price.description": "", "Price.lookup_key": ""}),
    "price.created": ("ignored", _NO_AMOUNT, {"Price": None}),
    "price.deleted": ("applied", "", {}),
    "customer.subscription": ("applied", "", _BARE_DEAL),
    "customer.subscription.deleted": ("applied", "", {**_BARE_DEAL, "Subscription.cancelled_at": THEN}),
    "customer.subscription.trial_will_end": ("applied", "", _BARE_DEAL),
    "checkout.session": ("ignored", _ELSEWHERE, {"Payment.status": "pending", **_NOT_HERE, **_NO_IDS}),
    "payment_intent": ("applied", "", _BARE_PAYMENT),
    "payment_intent.canceled": ("ignored", "The payment began at Stripe, and was cancelled", {}),
    "invoice": ("dead", _NO_CUSTOMER, _NO_INVOICE),
    "invoice.deleted": ("ignored", "The invoice was never here.", _NO_INVOICE),
    "invoice_payment": ("ignored", "It names no payment", _NOT_PAID),
    "credit_note": ("applied", "", _BARE_NOTE),
    "credit_note.voided": ("applied", "", {**_BARE_NOTE, "CreditNote.voided_at": MOMENT + DAY}),
    "charge.refunded": ("ignored", _MISSING, _UNTOUCHED),
    "charge.dispute": ("ignored", _MISSING, {"Dispute": None, "Payment.amount_disputed": "0"}),
    "charge.refund": ("dead", _WHICH, {"Refund": None, **_UNTOUCHED}),
    "refund": ("dead", _WHICH, {"Refund": None, **_UNTOUCHED}),
    "setup_intent": ("ignored", "", {"Customer.default_payment_methods": {}}),
}

# Without taxes and discounts, whose fields may be missing.
_PLAIN = {"total": 3000, "amount_due": 3000, "amount_remaining": 3000}
_BARE_INVOICE = {
    **dict.fromkeys(
        ("Invoice.discounts", "Invoice.tax", "InvoiceLineItem.discount", "InvoiceLineItem.tax"), "0"
    ),
    **dict.fromkeys(("Invoice.total", "Invoice.amount_due", "Invoice.amount_remaining"), "30"),
    **dict.fromkeys(
        ("Invoice.description", "Invoice.footer", "Invoice.hosted_invoice_url", "Invoice.pdf_url"), ""
    ),
    "Invoice.number": "in_#",
    "Invoice.finalized_at": THEN,
    "Invoice.subscription": None,
    "Invoice.next_attempt_at": None,
    "Invoice.metadata": {},
    "InvoiceLineItem.description": "Line",
    "InvoiceLineItem.price": None,
    "InvoiceLineItem.quantity": "1",
    "InvoiceLineItem.unit_amount": "30",
    "InvoiceLineItem.tax_name": "",
}
# The fields without which nothing can be made of an object, by its kind; and then, by the types' beginnings,
# the columns that differ from the table of whole events.
NEEDED = {
    "tax_id": ("customer",),
    "price": ("unit_amount",),
    "session": ("metadata", "status"),
    "payment_intent": ("customer",),
    "invoice": ("customer", "status"),
    "charge": ("payment_intent",),
    "refund": ("payment_intent", "status"),
    "dispute": ("payment_intent",),
    "setup_intent": ("customer", "metadata", "payment_method"),
}
_BARE_INTENT = {name: value for name, value in _BARE_PAYMENT.items() if name != "Payment.customer"}
WITH_NEEDED: dict[str, Json] = {
    "customer.tax_id": {},
    "price": {"Price.description": "", "Price.lookup_key": ""},
    "price.created": {"Price.description": "", "Price.lookup_key": "", "Price.billing_period": "ONETIME"},
    "price.deleted": {},
    "checkout.session": {"Payment.gateway_payment_id": ""},
    "payment_intent": _BARE_INTENT,
    "payment_intent.canceled": {},
    "invoice": _BARE_INVOICE,
    "charge.refunded": {},
    "charge.refund": {"Refund.reason": ""},
    "refund": {"Refund.reason": "", "Refund.failure_reason": ""},
    "charge.dispute": {"Dispute.respond_by": None},
    "setup_intent": {},
}
_INVOICES = ("invoice.finalized", "invoice.updated", "invoice.marked_uncollectible")


def _of(table: Mapping[str, Any], event_type: str) -> Any:
    return table[max((name for name in table if event_type.startswith(name)), key=len)]


def bare(whole: Case, rest: str) -> Case:
    """The case of a whole event where every field that may be missing is."""
    state, reason, columns = _of(BARE, whole.type)
    return replace(whole, rest=rest, state=state, reason=reason, columns={**whole.columns, **columns})


def with_needed(whole: Case, rest: str) -> Case:
    """The same, with the fields that are needed."""
    changes = {**whole.changes, **(_PLAIN if whole.of == "invoice" else {})}
    columns = {**whole.columns, **_of(WITH_NEEDED, whole.type)}
    return replace(whole, rest=rest, kept=NEEDED[whole.of], changes=changes, columns=columns)


def _is_useful(case: Case) -> bool:
    """Of invoices a few: what the others add is not theirs to miss."""
    return case.of in NEEDED and (case.of != "invoice" or case.type in _INVOICES)


CASES = tuple(bare(case, rest) for case in WHOLE for rest in (ABSENT, NULL))
NEEDED_CASES = tuple(with_needed(case, rest) for case in WHOLE if _is_useful(case) for rest in (ABSENT, NULL))

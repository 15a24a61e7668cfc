"""What an operator reads after a refund or a charge: what happened, why, and what to do."""

from dataclasses import dataclass

from django.contrib import messages
from django.utils.html import format_html

from billing import money
from billing.admin.links import out
from billing.models import CreditNote, Payment, Refund
from billing.services.payments import refundable

UNDER_WAY = "under way. The gateway has not confirmed it yet; this page shows the result once it has."
REFUNDS = {
    "succeeded": "Refunded {amount}.",
    "pending": "The refund of {amount} is " + UNDER_WAY,
    "failed": "The refund of {amount} failed: {reason}",
    "cancelled": "The refund of {amount} was cancelled: {reason}",
}
CHARGES = {
    "succeeded": "Charged {amount}.",
    "pending": "The charge of {amount} is " + UNDER_WAY,
    "processing": "The charge of {amount} is " + UNDER_WAY,
    "failed": "The charge of {amount} failed: {reason}",
    "requires_action": "The bank wants the customer to confirm the charge of {amount}. {link}",
}


@dataclass(frozen=True)
class Message:
    """A text, and its level as django.contrib.messages knows it."""

    level: int
    text: str


def of_refund(refund: Refund) -> Message:
    """Returns what became of a refund."""
    text = REFUNDS[refund.status].format(amount=_amount(refund), reason=refund.failure_reason)
    return Message(_level(refund.status), text)


def of_charge(payment: Payment) -> Message:
    """Returns what became of a charge; a link to the page where the customer can pay, if there is one."""
    template = CHARGES.get(payment.status, "The charge of {amount} is now {status}.")
    link = out(payment.checkout_url, "The customer can pay here") if payment.checkout_url else ""
    text = format_html(
        template,
        amount=_amount(payment),
        reason=payment.failure_message,
        status=payment.status.replace("_", " "),
        link=link,
    )
    return Message(_level(payment.status), text)


def of_credit_note(note: CreditNote) -> Message:
    """Returns what became of a credit note."""
    if note.connection_id and not note.gateway_credit_note_id:
        return Message(messages.SUCCESS, f"The credit note of {_amount(note)} is {UNDER_WAY}")
    return Message(messages.SUCCESS, f"Issued the credit note {note} of {_amount(note)}.")


def before_refund(payment: Payment) -> dict[str, str]:
    """Returns the amounts that an operator has to know: received, refunded, asked for, disputed, left."""
    amounts = {
        "received": payment.amount,
        "refunded": payment.amount_refunded,
        "asked": refundable.asked(payment),
        "taken": payment.amount_disputed,
        "left": refundable.refundable(payment),
    }
    return {
        name: money.with_currency(amount, payment.currency) if amount or name == "left" else ""
        for name, amount in amounts.items()
    }


def _amount(row: Refund | Payment | CreditNote) -> str:
    return money.with_currency(row.amount, row.currency)


def _level(status: str) -> int:
    return messages.SUCCESS if status in ("succeeded", "pending", "processing") else messages.WARNING

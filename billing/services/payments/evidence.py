"""What evidence makes of a payment: moves along TRANSITIONS, and never back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from billing.errors import Invalid
from billing.facts import ZERO
from billing.models import Payment
from billing.models.payments import RECEIVED, TRANSITIONS, PaymentState
from billing.persistence import rows
from billing.services.currencies import exact
from billing.services.payments.checks import checked_amount

_COLUMNS = frozenset(
    {
        "amount", "amount_refunded", "status", "succeeded_at", "failure_code", "failure_message",
        "gateway_payment_id", "gateway_session_id", "checkout_url", "method",
        "gateway_method_id", "next_action", "refunded_told",
    }
)  # fmt: skip


def apply_evidence(
    payment: Payment,
    status: str,
    now: datetime,
    known: Mapping[str, str],
    failure: tuple[str, str],
    amount: Decimal | None,
    amount_refunded: Decimal | None,
    exact_amount: Decimal | None = None,
) -> list[str]:
    """Sets what the evidence says and answers the changed names, none when the move is not allowed.

    ``exact_amount`` counts for money that was received, too. Raises Invalid for a status that there is not, or amounts that cannot be.
    """
    if status not in TRANSITIONS:
        raise Invalid.of({"status": f"Send one of {', '.join(sorted(TRANSITIONS))}."})
    if status != payment.status and status not in TRANSITIONS[payment.status]:
        return []
    wanted: dict[str, object] = {"status": status}
    wanted |= {name: text for name, text in known.items() if text}
    if amount is not None and payment.status not in RECEIVED:
        wanted["amount"] = checked_amount(amount, payment.currency)
    if exact_amount is not None and payment.status == status:
        wanted["amount"] = checked_amount(exact_amount, payment.currency)
    if status in RECEIVED:
        wanted |= {"failure_code": "", "failure_message": "", "succeeded_at": payment.succeeded_at or now}
        wanted |= _refund(payment, status, amount_refunded)
    elif status == "failed":
        names = ("failure_code", "failure_message")
        wanted |= {name: text for name, text in zip(names, failure, strict=True) if text}
    return rows.change(payment, wanted, allowed=_COLUMNS)


def follow_action(payment: Payment, next_action: Mapping[str, str] | None) -> list[str]:
    """Keeps what the customer has to do while the payment requires it, and answers the changed names."""
    requires = payment.status == PaymentState.REQUIRES_ACTION
    wanted = next_action or payment.next_action if requires else {}
    return rows.change(payment, {"next_action": wanted}, allowed=_COLUMNS)


def _refund(payment: Payment, status: str, amount_refunded: Decimal | None) -> dict[str, object]:
    """Status and amount_refunded as they fit each other."""
    if status == "succeeded":
        if amount_refunded:
            raise Invalid.of(
                {"amount_refunded": "A payment with a refund is partially_refunded or refunded."}
            )
        return {}
    if amount_refunded is None:
        amount_refunded = payment.amount if status == "refunded" else payment.amount_refunded
    refunded = max(exact(amount_refunded, payment.currency, "amount_refunded"), payment.amount_refunded)
    fits = refunded == payment.amount if status == "refunded" else ZERO < refunded < payment.amount
    if not fits:
        said = f"{refunded} of {payment.amount} is not {status.replace('_', ' ')}."
        raise Invalid.of({"amount_refunded": said})
    return {"amount_refunded": refunded, "refunded_told": max(refunded, payment.refunded_told)}

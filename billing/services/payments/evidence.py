"""Applies evidence to a payment: it moves along TRANSITIONS, and never back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from billing.errors import Invalid
from billing.facts import ZERO, PaymentEvidence
from billing.models import Payment
from billing.models.payments import RECEIVED, TRANSITIONS, PaymentState
from billing.persistence import rows
from billing.services.currencies import exact
from billing.services.payments.checks import checked_amount

GATEWAY_COLUMNS = (
    "gateway_payment_id", "gateway_charge_id", "gateway_session_id", "checkout_url", "method", "gateway_method_id",
)  # fmt: skip
_COLUMNS = frozenset(
    {
        "amount", "amount_refunded", "status", "succeeded_at", "failure_code", "failure_message",
        "next_action", "refunded_told", "is_open_at_gateway", "metadata", *GATEWAY_COLUMNS,
    }
)  # fmt: skip


def apply_evidence(payment: Payment, evidence: PaymentEvidence, now: datetime) -> list[str]:
    """Sets what the evidence says and returns the names of the columns that changed, none when the move is
    not allowed.

    Raises Invalid for an unknown status, or for amounts that cannot be.
    """
    if evidence.status not in TRANSITIONS:
        raise Invalid.of({"status": f"Send one of {', '.join(sorted(TRANSITIONS))}."})
    if evidence.status != payment.status and evidence.status not in TRANSITIONS[payment.status]:
        return _add_to_refunded(payment, evidence, now)
    wanted: dict[str, object] = {"status": evidence.status} | _texts(evidence, GATEWAY_COLUMNS)
    wanted |= _metadata(payment, evidence)
    if evidence.amount and _amount_counts(payment, evidence):
        wanted["amount"] = checked_amount(evidence.amount, payment.currency)
    if evidence.is_open is not None:
        wanted["is_open_at_gateway"] = evidence.is_open
    if evidence.status in RECEIVED:
        wanted["is_open_at_gateway"] = False
        wanted |= {"failure_code": "", "failure_message": "", "succeeded_at": _earliest(payment, now)}
        wanted |= _refund(payment, evidence.status, evidence.amount_refunded)
    elif evidence.status == PaymentState.PROCESSING:
        wanted |= {"failure_code": "", "failure_message": ""}
    elif evidence.status == PaymentState.FAILED:
        wanted |= _texts(evidence, ("failure_code", "failure_message"))
    return rows.change(payment, wanted, allowed=_COLUMNS)


def _add_to_refunded(payment: Payment, evidence: PaymentEvidence, now: datetime) -> list[str]:
    """Of money that has gone back since: when it came, and its metadata."""
    if not (payment.status in RECEIVED and evidence.status in RECEIVED):
        return []
    wanted = {"succeeded_at": _earliest(payment, now), **_metadata(payment, evidence)}
    return rows.change(payment, wanted, allowed=_COLUMNS)


def _metadata(payment: Payment, evidence: PaymentEvidence) -> dict[str, object]:
    if not (payment.is_external and evidence.metadata):
        return {}
    return {"metadata": {**evidence.metadata, **payment.metadata}}


def _earliest(payment: Payment, now: datetime) -> datetime:
    """The first of the times that reports of its success have, in whichever order they come."""
    return min(payment.succeeded_at or now, now)


def follow_action(payment: Payment, next_action: Mapping[str, str]) -> list[str]:
    """Keeps what the customer has to do while the payment requires it.

    Returns the names of the changed columns.
    """
    requires = payment.status == PaymentState.REQUIRES_ACTION
    wanted = next_action or payment.next_action if requires else {}
    return rows.change(payment, {"next_action": wanted}, allowed=_COLUMNS)


def _texts(evidence: PaymentEvidence, names: Iterable[str]) -> dict[str, object]:
    return {name: text for name in names if (text := getattr(evidence, name))}


def _amount_counts(payment: Payment, evidence: PaymentEvidence) -> bool:
    return payment.status not in RECEIVED or (evidence.amount_is_exact and payment.status == evidence.status)


def _refund(payment: Payment, status: str, amount_refunded: Decimal | None) -> dict[str, object]:
    """The refunded amount; raises Invalid unless status and amount agree."""
    if status == "succeeded":
        if amount_refunded:
            raise Invalid.of(
                {
                    "amount_refunded": "A payment with a refund is partially_refunded or refunded: send that status."
                }
            )
        return {}
    if amount_refunded is None:
        amount_refunded = payment.amount if status == "refunded" else payment.amount_refunded
    refunded = max(exact(amount_refunded, payment.currency, "amount_refunded"), payment.amount_refunded)
    agree = refunded == payment.amount if status == "refunded" else ZERO < refunded < payment.amount
    if not agree:
        message = f"{refunded} of {payment.amount} does not fit the status {status}."
        raise Invalid.of({"amount_refunded": message})
    return {"amount_refunded": refunded, "refunded_told": max(refunded, payment.refunded_told)}

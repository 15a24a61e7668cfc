"""Records disputes as their gateway reports them; together they make up a payment's amount_disputed."""

from datetime import datetime
from decimal import Decimal

from billing.errors import Invalid
from billing.events import Kind
from billing.facts import ZERO, DisputeFacts
from billing.models import Dispute, Invoice, Payment
from billing.models.disputes import ORDER, WITHDRAWN, DisputeState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import amounts_paid
from billing.services.payments import payments
from billing.services.payments.checks import checked_amount

CLOSED = frozenset({"inquiry_closed", "prevented", "lost", "won"})
_COLUMNS = frozenset(
    {"amount", "amount_of_payment", "is_estimate", "status", "reason", "respond_by", "closed_at"}
)


@atomic
def record(
    *, environment_id: str, payment_id: str, facts: DisputeFacts, now: datetime, origin: str | None = None
) -> Dispute:
    """The dispute that a gateway reports; an older report than the last one changes nothing.

    The payment's amount_disputed follows, and its invoice's. The payment stays received, the invoice paid:
    see docs/decisions. Raises NotFound or Invalid.
    """
    if facts.status not in ORDER:
        raise Invalid.of({"status": f"Send one of {', '.join(DisputeState.values)}."})
    payment = amounts_paid.locked(environment_id, payment_id)
    currency = facts.currency or payment.currency
    dispute = payment.disputes.filter(gateway_dispute_id=facts.gateway_dispute_id).first()
    if dispute is None:
        dispute = Dispute(
            environment_id=environment_id,
            payment=payment,
            currency=currency,
            gateway_dispute_id=facts.gateway_dispute_id,
            opened_at=facts.opened_at or now,
        )
    elif ORDER[facts.status] < ORDER[dispute.status]:
        return dispute
    wanted = {
        **_amounts(payment, facts, currency),
        "status": facts.status,
        "reason": facts.reason or dispute.reason,
        "respond_by": facts.respond_by or dispute.respond_by,
        "closed_at": (dispute.closed_at or now) if facts.status in CLOSED else None,
    }
    if changed := rows.change(dispute, wanted, allowed=_COLUMNS):
        rows.check(dispute)
        rows.store_apart(dispute, changed)
        _recount(payment, origin)
    return dispute


def _amounts(payment: Payment, facts: DisputeFacts, currency: str) -> dict[str, object]:
    """Its amount, and what that is of the payment: all of it where the gateway says so in no way."""
    amount = checked_amount(facts.amount, currency)
    known = amount if currency == payment.currency else facts.withdrawn.get(payment.currency)
    of_payment: Decimal = payment.amount if known is None else checked_amount(known, payment.currency)
    return {"amount": amount, "amount_of_payment": of_payment, "is_estimate": known is None}


def _recount(payment: Payment, origin: str | None) -> None:
    taken = sum((one.amount_of_payment for one in payment.disputes.filter(status__in=WITHDRAWN)), ZERO)
    changed = rows.change(payment, {"amount_disputed": taken}, allowed=frozenset({"amount_disputed"}))
    rows.save(payment, changed, Kind.PAYMENT, origin)
    if changed and payment.invoice_id:
        payments.recompute(rows.locked(Invoice, payment.environment_id, payment.invoice_id), origin=origin)

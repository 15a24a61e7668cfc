"""Records disputes as their gateway reports them; together they make up a payment's amount_disputed."""

from datetime import datetime

from billing.errors import Invalid
from billing.events import Kind
from billing.facts import ZERO, DisputeFacts
from billing.models import Dispute, Payment
from billing.models.disputes import ORDER, WITHDRAWN, DisputeState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import amounts_paid
from billing.services.payments.checks import checked_amount

CLOSED = frozenset({"inquiry_closed", "prevented", "lost", "won"})
_COLUMNS = frozenset({"amount", "status", "reason", "respond_by", "closed_at"})


@atomic
def record(
    *, environment_id: str, payment_id: str, facts: DisputeFacts, now: datetime, origin: str | None = None
) -> Dispute:
    """The dispute that a gateway reports; an older report than the last one changes nothing.

    The payment's amount_disputed follows; its status and its invoice do not: see docs/decisions. Raises
    NotFound or Invalid.
    """
    if facts.status not in ORDER:
        raise Invalid.of({"status": f"Send one of {', '.join(DisputeState.values)}."})
    payment = amounts_paid.locked(environment_id, payment_id)
    amount = checked_amount(facts.amount, payment.currency)
    dispute = payment.disputes.filter(gateway_dispute_id=facts.gateway_dispute_id).first()
    if dispute is None:
        dispute = Dispute(
            environment_id=environment_id,
            payment=payment,
            currency=payment.currency,
            gateway_dispute_id=facts.gateway_dispute_id,
        )
    elif ORDER[facts.status] < ORDER[dispute.status]:
        return dispute
    wanted = {
        "amount": amount,
        "status": facts.status,
        "reason": facts.reason or dispute.reason,
        "respond_by": facts.respond_by or dispute.respond_by,
        "closed_at": (dispute.closed_at or now) if facts.status in CLOSED else None,
    }
    if rows.change(dispute, wanted, allowed=_COLUMNS):
        rows.check(dispute)
        dispute.save()
        _recount(payment, origin)
    return dispute


def _recount(payment: Payment, origin: str | None) -> None:
    taken = sum((one.amount for one in payment.disputes.filter(status__in=WITHDRAWN)), ZERO)
    changed = rows.change(payment, {"amount_disputed": taken}, allowed=frozenset({"amount_disputed"}))
    rows.save(payment, changed, Kind.PAYMENT, origin)

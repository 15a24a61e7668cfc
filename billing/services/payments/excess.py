"""What came for an invoice beyond what is due: which payments are the duplicates, and their refund."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing import money
from billing.errors import Code, Conflict
from billing.facts import ZERO
from billing.models import Invoice, Payment, Refund
from billing.models.payments import RECEIVED
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices import amounts_paid
from billing.services.payments import refundable, refunds


@dataclass(frozen=True)
class CountedPayment:
    """A received payment of the invoice, and how much of it (major units) was paid in excess."""

    payment: Payment
    excess: Decimal

    @property
    def is_duplicate(self) -> bool:
        """Whether any of it was paid in excess."""
        return self.excess > 0


@dataclass(frozen=True)
class Excess:
    """The excess (major units), what of it is being refunded, and the payments in their order."""

    amount: Decimal
    refund_pending: Decimal
    payments: Sequence[CountedPayment]


def of(invoice: Invoice, payments: Sequence[Payment] | None = None) -> Excess | None:
    """The excess of the invoice, None when there is none. ``payments``: its received ones, if known."""
    amount = amounts_paid.excess(invoice)
    if not amount:
        return None
    received = _received(invoice) if payments is None else sorted(payments, key=_arrival)
    parts = _shares(received, amount, {payment.pk: _kept(payment) for payment in received})
    pending = sum((refundable.asked(payment) for payment in received), ZERO)
    counted = [CountedPayment(payment, parts.get(payment.pk, ZERO)) for payment in received]
    return Excess(amount, min(pending, amount), counted)


@atomic
def refund(
    *,
    environment_id: str,
    invoice_id: str,
    out_of_band: bool = False,
    started_by: str = "",
    idempotency_key: str = "",
    now: datetime,
    confirm: Callable[[Invoice], None] | None = None,
) -> list[Refund]:
    """Refunds of exactly what was paid in excess, one for each payment that brought some of it.

    What gateways hold is refunded by them. Only where that is not enough, money that came through none is
    recorded as given back, with ``out_of_band``. A second call with the same key returns the first refunds.
    ``confirm``(the invoice, locked) may raise, and then nothing is refunded. Raises NotFound, or Conflict
    when nothing is left to refund, or only you can give it back.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    received = _received(invoice)
    keys = {payment.pk: f"{idempotency_key[:200]} {payment.pk}" for payment in received}
    if idempotency_key and (known := list(Refund.objects.filter(idempotency_key__in=keys.values()))):
        return known
    if confirm is not None:
        confirm(invoice)
    parts = _refundable_parts(invoice, received, out_of_band)
    return [
        refunds.create(
            environment_id=environment_id,
            payment_id=payment.pk,
            amount=amount,
            reason="duplicate",
            out_of_band=not refunds.at_gateway(payment),
            started_by=started_by,
            idempotency_key=keys[payment.pk] if idempotency_key else "",
            now=now,
        )
        for payment, amount in parts
    ]


def _refundable_parts(
    invoice: Invoice, received: Sequence[Payment], out_of_band: bool
) -> list[tuple[Payment, Decimal]]:
    """What to refund of which payment now; raises Conflict when that is nothing."""
    asked = sum((refundable.asked(payment) for payment in received), ZERO)
    left = {payment.pk: _kept(payment) - refundable.asked(payment) for payment in received}
    shares = _shares(received, amounts_paid.excess(invoice) - asked, left)
    wanted = [(payment, shares[payment.pk]) for payment in received if payment.pk in shares]
    if not wanted:
        raise Conflict(_nothing_left(invoice, asked), code=Code.NOTHING_IN_EXCESS)
    parts = [(payment, amount) for payment, amount in wanted if out_of_band or refunds.at_gateway(payment)]
    if not parts:
        raise Conflict(_by_hand(wanted), code=Code.PAYMENT_NOT_AT_GATEWAY)
    return parts


def _nothing_left(invoice: Invoice, asked: Decimal) -> str:
    if asked:
        return (
            f"{money.with_currency(asked, invoice.currency)} of the invoice {invoice.pk} is being refunded"
            " already: wait until that has ended."
        )
    return (
        f"No more was received for the invoice {invoice.pk} than is due, so there is no duplicate to refund."
    )


def _by_hand(wanted: Sequence[tuple[Payment, Decimal]]) -> str:
    named = " and ".join(
        f"{money.with_currency(amount, payment.currency)} of {payment.pk}" for payment, amount in wanted
    )
    return (
        f"No gateway holds what was paid in excess: {named}. Give it back yourself, then send out_of_band: true to"
        " record that."
    )


def _received(invoice: Invoice) -> list[Payment]:
    found = invoice.payments.filter(status__in=RECEIVED).prefetch_related("refunds", "disputes")
    return sorted(found, key=_arrival)


def _arrival(payment: Payment) -> tuple[datetime, bool, datetime, str]:
    """Of one second, what came by the gateway's own invoice came first: it cannot be taken off that again."""
    at = payment.succeeded_at or payment.created_at
    return at, not payment.is_external, payment.created_at, payment.pk


def _is_hard_to_refund(payment: Payment) -> tuple[bool, bool]:
    return bool(payment.disputes.all()), not refunds.at_gateway(payment)


def _kept(payment: Payment) -> Decimal:
    """What is still here of the payment."""
    kept: Decimal = payment.amount - payment.amount_refunded - payment.amount_disputed
    return max(kept, ZERO)


def _shares(received: Sequence[Payment], amount: Decimal, left: dict[str, Decimal]) -> dict[str, Decimal]:
    """Which payment is how much in excess: the latest ones that gateways hold, then the latest others.

    Last those that were disputed, which gateways do not refund.
    """
    shares: dict[str, Decimal] = {}
    latest_first = list(reversed(received))
    for payment in sorted(latest_first, key=_is_hard_to_refund):
        share = min(left[payment.pk], amount)
        if share > 0:
            shares[payment.pk] = share
            amount -= share
    return shares

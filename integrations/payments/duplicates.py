"""Refunds the excess of an invoice: when a person asks, or by itself where a connection says so."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from billing.models import Invoice, Payment, Refund
from billing.models.invoices import PaymentStatus
from billing.models.refunds import RefundState
from billing.services.payments import excess, refunds
from billing.services.payments.refundable import GONE
from integrations.gateway.slots import waits
from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.outbox.wait import deliver_and_wait
from integrations.payments.refunds import request_push

STARTED_BY = "auto_refund_duplicates"


@waits
def refund(
    *,
    environment_id: str,
    invoice_id: str,
    out_of_band: bool = False,
    idempotency_key: str = "",
    started_by: str = "",
    now: datetime,
    confirm: Callable[[Invoice], None] | None = None,
) -> list[Refund]:
    """The refunds of exactly the excess, after their gateways' answers, as ``refunds.refund`` returns one.

    Nothing else about the payments has to be in order for it. ``confirm`` as ``excess.refund`` takes it.
    Raises NotFound or Conflict.
    """
    place = {"environment_id": environment_id, "invoice_id": invoice_id}
    with transaction.atomic():
        made = excess.refund(
            **place,
            out_of_band=out_of_band,
            started_by=started_by,
            idempotency_key=idempotency_key,
            now=now,
            confirm=confirm,
        )
        syncs = _request_pushes(made)
    return _delivered(made, syncs)


def _request_pushes(made: list[Refund]) -> list[OutboundSync]:
    waiting = [one for one in made if one.status == RefundState.PENDING]
    pushes = [request_push(one.environment_id, one.payment_id, one.started_by) for one in waiting]
    return [sync for sync in pushes if sync is not None]


def _delivered(made: list[Refund], syncs: list[OutboundSync]) -> list[Refund]:
    for sync in syncs:
        deliver_and_wait(sync)
    for one in made:
        one.refresh_from_db()
    return made


def due() -> list[str]:
    """The invoices whose excess is to be refunded without asking."""
    overpaid = Invoice.objects.filter(
        payment_status=PaymentStatus.OVERPAID, payments__connection_id__in=_automatic().values("pk")
    )
    return [invoice.pk for invoice in overpaid.distinct().order_by("pk") if _may_refund(invoice)]


def refund_automatically(invoice_id: str, now: datetime) -> list[Refund]:
    """Refunds the excess of the invoice if every duplicate came through a connection that wants that."""
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update(no_key=True).filter(pk=invoice_id).first()
        if invoice is None or not _may_refund(invoice):
            return []
        made = excess.refund(
            environment_id=invoice.environment_id, invoice_id=invoice_id, started_by=STARTED_BY, now=now
        )
        syncs = _request_pushes(made)
    return _delivered(made, syncs)


def _automatic() -> QuerySet[Connection]:
    return Connection.objects.filter(auto_refund_duplicates=True).exclude(status=ConnectionStatus.ARCHIVED)


def _may_refund(invoice: Invoice) -> bool:
    """Whether each duplicate came last, through such a connection, and was not refused before.

    Money that a person recorded later is no reason to give back what a gateway holds: it may be a mistake.
    """
    found = excess.of(invoice)
    if found is None or found.refund_pending >= found.amount:
        return False
    duplicates = [counted.payment for counted in found.payments if counted.is_duplicate]
    latest = [counted.payment for counted in found.payments][-len(duplicates) :]
    if {payment.pk for payment in duplicates} != {payment.pk for payment in latest}:
        return False
    automatic = set(_automatic().values_list("pk", flat=True))
    return all(
        payment.connection_id in automatic and refunds.at_gateway(payment) and not _was_refused(payment)
        for payment in duplicates
    )


def _was_refused(payment: Payment) -> bool:
    return any(one.status in GONE for one in payment.refunds.all())

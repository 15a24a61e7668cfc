"""Opens a provider's page on which one invoice is paid, while the caller waits; its calls are recorded like a push's."""

from datetime import datetime

import structlog
from django.db import transaction

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.services import payments
from billing.services.errors import Conflict, NotFound
from integrations import leases, registry, settling
from integrations.delivery import Delivery
from integrations.errors import Rejected
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import Priority, SyncAction, SyncState
from integrations.provider import Checkout

log = structlog.get_logger(__name__)


def open_checkout(
    connection: Connection, *, invoice_id: str, success_url: str, cancel_url: str, now: datetime
) -> Payment:
    """A pending payment of all that is still due, with its page's URL and session id.

    Raises NotFound; Conflict when nothing is due or the provider has no checkout; Retry or Rejected as the provider
    says, with the payment cancelled, because nobody will wait for it.
    """
    if registry.provider(connection.provider).checkout is None:
        raise Conflict(f"{connection.provider} has no checkout.", code="not_supported")
    payment, sync = _begin(connection, invoice_id, now)
    clock = leases.clock(now)
    try:
        opened = _run(sync, clock, success_url, cancel_url)
        return _finish(payment, sync, opened, clock())
    except Exception as failure:
        log.warning("checkout_failed", payment_id=payment.id, error=type(failure).__name__)
        _give_up(sync, failure, clock())
        raise


@transaction.atomic
def _begin(connection: Connection, invoice_id: str, now: datetime) -> tuple[Payment, OutboundSync]:
    """The payment, and a sync that this process holds: a worker that finds it abandoned only closes it."""
    invoice = _payable(connection.environment_id, invoice_id)
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        gateway=connection.provider,
    )
    # Locks the invoice until both rows are written: of two checkouts that begin at once, one sees the other.
    payment = payments.create(environment_id=connection.environment_id, facts=facts, now=now)
    _refuse_beside_another(payment, now)
    sync = OutboundSync(
        connection=connection,
        entity_type=Kind.PAYMENT,
        entity_id=payment.id,
        action=SyncAction.CHECKOUT,
        state=SyncState.SENDING,
        attempts=1,
        started_by="checkout",
        priority=Priority.PERSON,
    )
    leases.take(sync, now)
    return payment, sync


def _refuse_beside_another(payment: Payment, now: datetime) -> None:
    """Two sessions that are opened at the same moment could both be paid: neither would know to close the other."""
    others = Payment.objects.filter(invoice_id=payment.invoice_id, gateway_session_id="").exclude(
        pk=payment.pk
    )
    opening = OutboundSync.objects.filter(
        action=SyncAction.CHECKOUT,
        state=SyncState.SENDING,
        entity_id__in=others.values("pk"),
        leased_until__gt=now,
    )
    if opening.exists():
        raise Conflict(
            f"Another checkout of invoice {payment.invoice_id} is being opened right now. Try again soon.",
            code="checkout_in_progress",
        )


def _payable(environment_id: str, invoice_id: str) -> Invoice:
    invoice = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {invoice_id}.")
    if invoice.status != InvoiceStatus.FINALIZED:
        raise Conflict(
            f"Invoice {invoice_id} is {invoice.status}: finalize it first.", code="invoice_not_open"
        )
    if invoice.amount_remaining <= 0:
        raise Conflict(f"Nothing is due on invoice {invoice_id}.", code="invoice_paid")
    return invoice


def _run(sync: OutboundSync, clock: leases.Clock, success_url: str, cancel_url: str) -> Checkout:
    checkout = registry.provider(sync.connection.provider).checkout
    assert checkout is not None  # open_checkout has looked
    return checkout(Delivery(sync, clock), sync.entity_id, success_url, cancel_url)


@transaction.atomic
def _finish(payment: Payment, sync: OutboundSync, opened: Checkout, now: datetime) -> Payment:
    settling.done(sync, now)
    return payments.settle(
        environment_id=payment.environment_id,
        payment_id=payment.id,
        status=payment.status,
        now=now,
        gateway_session_id=opened.session_id,
        checkout_url=opened.url,
    )


def close_abandoned(sync: OutboundSync, now: datetime) -> None:
    """Gives up a checkout whose process died, and its caller with it."""
    _give_up(sync, Rejected("The process ended before the checkout was open. Open a new one."), now)


def _give_up(sync: OutboundSync, failure: Exception, now: datetime) -> None:
    """Closes sync and payment; a session that was opened all the same expires, and nobody has its address."""
    settling.failed(sync, failure, now, final=True)
    payments.settle(
        environment_id=sync.connection.environment_id,
        payment_id=sync.entity_id,
        status="cancelled",
        now=now,
    )

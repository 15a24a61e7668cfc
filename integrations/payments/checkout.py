"""Opens a provider's page on which one invoice is paid, while the caller waits; its calls are recorded like a push's."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from billing.errors import Code, Conflict, NotFound
from billing.events import Kind
from billing.facts import PaymentEvidence, PaymentFacts
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.errors import Rejected
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import Priority, SyncAction, SyncState
from integrations.outbox import leases, outcomes
from integrations.outbox.context import OutboundContext
from integrations.outbox.dry_run import DryRunContext, PlannedCall
from integrations.provider_api import HostedPage, OpenCheckout, registry

# Seconds. What every provider that has pages lets them live at least and at most.
SHORTEST, DAY, SLACK = 30 * 60, 24 * 3600, 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class CheckoutOptions:
    """What the page should be. ``expires_in``: seconds, None for as long as the provider keeps it (a day)."""

    success_url: str
    cancel_url: str
    save_as_default: bool = False
    allow_promotion_codes: bool = False
    collect_tax_ids: bool = False
    expires_in: int | None = None


def open_checkout(
    connection: Connection,
    *,
    invoice_id: str,
    success_url: str,
    cancel_url: str,
    now: datetime,
    started_by: str = "checkout",
    **options: Any,
) -> Payment:
    """A pending payment of all that is still due, with its page's URL and session id; ``options``: see CheckoutOptions.

    A page that is open for the same wish is answered again; one for another wish is closed first. Raises NotFound;
    Conflict when nothing is due or the provider has no checkout; Retry or Rejected as the provider says, with the
    payment cancelled, because nobody will wait for it.
    """
    wish = CheckoutOptions(success_url, cancel_url, **options)
    payment, sync = _begin(connection, invoice_id, wish, started_by, now)
    if sync is None:
        return payment
    clock = leases.clock(now)
    try:
        opened = _provided(connection)(
            OutboundContext(sync, clock),
            payment_id=payment.pk,
            success_url=success_url,
            cancel_url=cancel_url,
        )
        return _finish(payment, sync, opened, clock())
    except Exception as failure:
        log.warning("checkout_failed", payment_id=payment.id, error=type(failure).__name__)
        _give_up(sync, failure, clock())
        raise


def plan(
    connection: Connection,
    *,
    invoice_id: str,
    success_url: str,
    cancel_url: str,
    now: datetime,
    **options: Any,
) -> list[PlannedCall]:
    """The calls that ``open_checkout`` would make now; nothing is kept, nobody is called. Raises as it does."""
    wish = CheckoutOptions(success_url, cancel_url, **options)
    with transaction.atomic():
        payment, sync = _begin(connection, invoice_id, wish, "", now)
        planner = DryRunContext(connection, Kind.PAYMENT, payment.pk)
        if sync is not None:
            _provided(connection)(
                planner, payment_id=payment.pk, success_url=success_url, cancel_url=cancel_url
            )
        transaction.set_rollback(True)
    return planner.calls


def _provided(connection: Connection) -> OpenCheckout:
    checkout = registry.provider(connection.provider).payments.open_checkout
    if checkout is None:
        raise Conflict(f"{connection.provider} has no checkout.", code="not_supported")
    return checkout


@transaction.atomic
def _begin(
    connection: Connection, invoice_id: str, wish: CheckoutOptions, started_by: str, now: datetime
) -> tuple[Payment, OutboundSync | None]:
    """The payment, and a sync that this process holds: a worker that finds it abandoned only closes it.

    No sync for a payment whose page is open already.
    """
    _provided(connection)
    # Locked until both rows are written: of two checkouts that begin at once, one sees the other.
    Invoice.objects.select_for_update(no_key=True).filter(pk=invoice_id).first()
    invoice = payable(connection.environment_id, invoice_id)
    opened = _open_already(connection, invoice, wish, now)
    if opened is not None:
        return opened, None
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        gateway=connection.provider,
        checkout_options=asdict(wish),
        checkout_expires_at=now + _lifetime(wish),
    )
    payment = payments.create(environment_id=connection.environment_id, facts=facts, now=now)
    refuse_beside_another(payment, now)
    sync = OutboundSync(
        connection=connection,
        entity_type=Kind.PAYMENT,
        entity_id=payment.id,
        action=SyncAction.CHECKOUT,
        state=SyncState.SENDING,
        attempts=1,
        started_by=started_by,
        priority=Priority.PERSON,
    )
    leases.take(sync, now)
    return payment, sync


def _lifetime(wish: CheckoutOptions) -> timedelta:
    """Kept a minute away from both ends of what a provider allows: clocks differ, and calls take time."""
    seconds = DAY if wish.expires_in is None else wish.expires_in
    return timedelta(seconds=min(max(seconds, SHORTEST + SLACK), DAY - SLACK))


def _open_already(
    connection: Connection, invoice: Invoice, wish: CheckoutOptions, now: datetime
) -> Payment | None:
    """The payment whose page, as far as is known here, the customer can still use for the same wish and debt."""
    open_here = Payment.objects.filter(
        invoice=invoice,
        gateway=connection.provider,
        off_session=False,
        is_external=False,
        status__in=(PaymentState.PENDING, PaymentState.FAILED),
        amount=invoice.amount_remaining,
        checkout_options=asdict(wish),
        checkout_expires_at__gt=now + timedelta(seconds=SLACK),
    ).exclude(gateway_session_id="")
    # After the bank's late refusal a page is complete: it cannot be used again.
    for payment in open_here.exclude(failure_code="async_payment_failed").order_by("-created_at"):
        opened_by = OutboundSync.objects.filter(entity_id=payment.pk, action=SyncAction.CHECKOUT)
        if opened_by.filter(connection=connection).exists():
            return payment
    return None


def refuse_beside_another(payment: Payment, now: datetime) -> None:
    """Raises Conflict beside a session that is being opened, or a charge: neither would know to close the other."""
    charges = Payment.objects.filter(
        invoice_id=payment.invoice_id,
        off_session=True,
        status__in=(PaymentState.PENDING, PaymentState.PROCESSING),
    )
    if charges.exclude(pk=payment.pk).exists():
        raise Conflict(
            f"A saved payment method is being charged for invoice {payment.invoice_id}. Wait for its end.",
            code=Code.PAYMENT_IN_PROGRESS,
        )
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


def payable(environment_id: str, invoice_id: str) -> Invoice:
    """The invoice; raises NotFound, or Conflict unless it is finalized and something is due on it."""
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


@transaction.atomic
def _finish(payment: Payment, sync: OutboundSync, opened: HostedPage, now: datetime) -> Payment:
    settled = payments.settle(
        environment_id=payment.environment_id,
        payment_id=payment.id,
        evidence=PaymentEvidence(
            status=payment.status, gateway_session_id=opened.session_id, checkout_url=opened.url
        ),
        now=now,
    )
    outcomes.done(sync, now)
    return settled


def close_abandoned(sync: OutboundSync, now: datetime) -> None:
    """Gives up a checkout whose process died, and its caller with it."""
    _give_up(sync, Rejected("The process ended before the checkout was open. Open a new one."), now)


def _give_up(sync: OutboundSync, failure: Exception, now: datetime) -> None:
    """Closes sync and payment; a session that was opened all the same expires, and nobody has its address."""
    outcomes.failed(sync, failure, now, final=True)
    payments.settle(
        environment_id=sync.connection.environment_id,
        payment_id=sync.entity_id,
        evidence=PaymentEvidence(status="cancelled"),
        now=now,
    )

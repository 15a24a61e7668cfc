"""Opens a provider's page on which one invoice is paid, with recorded calls, while the caller waits."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.facts import PaymentEvidence, PaymentFacts
from billing.models import Invoice, Payment
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.db.rollback import rolled_back
from integrations.errors import Rejected, TooSmall
from integrations.gateway.slots import waits
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import SyncAction
from integrations.outbox import foreground, leases, outcomes, refusals, taking
from integrations.outbox.context import OutboundContext
from integrations.outbox.dry_run import DryRunContext, PlannedCall
from integrations.payments.collection import claim
from integrations.payments.preconditions import (
    payable_invoice,
    push_first,
    refuse_concurrent_payment,
    refuse_now,
)
from integrations.provider_api import HostedPage, OpenCheckout, Outbound, registry

# Seconds: the shortest and the longest life that every provider allows its pages, and a distance kept from
# both.
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

    def lifetime(self) -> timedelta:
        """Kept a minute away from both ends of what providers allow: clocks differ, and calls take time."""
        seconds = DAY if self.expires_in is None else self.expires_in
        return timedelta(seconds=min(max(seconds, SHORTEST + SLACK), DAY - SLACK))


@waits
def open_checkout(
    connection: Connection, *, invoice_id: str, now: datetime, started_by: str = "checkout", **options: Any
) -> Payment:
    """A pending payment of all that is due, with its page's URL and session id; ``options``: CheckoutOptions.

    A page that is open with the same options is returned again; one with other options is closed first.
    Raises NotFound; Conflict when nothing is due, too little is, or the provider has no checkout; Retry or
    Rejected as the provider says, with the payment cancelled, because the caller does not wait any longer.
    """
    wanted = CheckoutOptions(**options)
    _offered(connection)
    push_first(connection, invoice_id, now)
    with transaction.atomic():
        payment = _begin(connection, invoice_id, wanted, now)
        sync = foreground.begin(
            connection, Kind.PAYMENT, payment.pk, SyncAction.CHECKOUT, started_by=started_by, now=now
        )
    clock = leases.clock(now)
    try:
        page = _open_page(OutboundContext(sync, clock), connection, payment, wanted)
        payment = _finish(payment, sync, page, clock())
    except Exception as failure:
        log.warning("checkout_failed", payment_id=payment.id, error=type(failure).__name__)
        _abandon(sync, failure, clock())
        raise
    if payment.status == PaymentState.CANCELLED:
        raise Conflict(f"{payment.failure_message} Try again.", code=Code.PAYMENT_IN_PROGRESS)
    return payment


def plan(connection: Connection, *, invoice_id: str, now: datetime, **options: Any) -> list[PlannedCall]:
    """The calls that ``open_checkout`` would make now; makes none and stores nothing. Raises as it does."""
    wanted = CheckoutOptions(**options)
    _offered(connection)
    refuse_now(connection, invoice_id)
    with rolled_back():
        payment = _begin(connection, invoice_id, wanted, now)
        context = DryRunContext(connection, Kind.PAYMENT, payment.pk)
        _open_page(context, connection, payment, wanted)
    return context.calls


def close_abandoned(sync: OutboundSync, now: datetime) -> None:
    """Ends a checkout whose process died, and its caller with it."""
    _abandon(sync, Rejected("The process ended before the checkout was open. Open a new checkout."), now)


def _offered(connection: Connection) -> OpenCheckout:
    open_page = registry.provider(connection.provider).payments.open_checkout
    if open_page is None:
        raise Conflict(f"FlexSync cannot open a checkout at {connection.provider}.", code="not_supported")
    return open_page


def _open_page(
    context: Outbound, connection: Connection, payment: Payment, options: CheckoutOptions
) -> HostedPage:
    """The payment's page: one that is open still, once that was found to ask for the right amount."""
    refusal = taking.prepare(context, registry.provider(connection.provider).payments, payment)
    if refusal is not None:
        raise refusal.error()
    if payment.gateway_session_id:
        return HostedPage(session_id=payment.gateway_session_id, url=payment.checkout_url)
    try:
        return _offered(connection)(
            context, payment_id=payment.pk, success_url=options.success_url, cancel_url=options.cancel_url
        )
    except TooSmall as refused:
        payment.refresh_from_db()
        raise refusals.too_small(payment, str(refused)).error() from refused


def _begin(connection: Connection, invoice_id: str, options: CheckoutOptions, now: datetime) -> Payment:
    """The payment: one whose page is open already, if there is one."""
    _offered(connection)
    # Locked until all rows are written: of two checkouts that begin at once, one sees the other.
    Invoice.objects.select_for_update(no_key=True).filter(pk=invoice_id).first()
    invoice = payable_invoice(connection.environment_id, invoice_id)
    claim(connection, invoice_id)
    payment = _open_already(connection, invoice, options, now)
    payment = payment or _new_payment(connection, invoice, options, now)
    refuse_concurrent_payment(payment, now)
    return payment


def _open_already(
    connection: Connection, invoice: Invoice, options: CheckoutOptions, now: datetime
) -> Payment | None:
    """The payment with the same options and amount whose page, as far as FlexSync knows, is still open."""
    open_here = Payment.objects.filter(
        invoice=invoice,
        gateway=connection.provider,
        connection_id=connection.pk,
        off_session=False,
        is_external=False,
        status__in=(PaymentState.PENDING, PaymentState.FAILED),
        is_open_at_gateway=True,
        amount=invoice.amount_remaining,
        checkout_options=asdict(options),
        checkout_expires_at__gt=now + timedelta(seconds=SLACK),
    )
    return open_here.exclude(gateway_session_id="").order_by("-created_at").first()


def _new_payment(
    connection: Connection, invoice: Invoice, options: CheckoutOptions, now: datetime
) -> Payment:
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        gateway=connection.provider,
        connection_id=connection.pk,
        checkout_options=asdict(options),
        checkout_expires_at=now + options.lifetime(),
    )
    return payments.create(environment_id=connection.environment_id, facts=facts, now=now)


@transaction.atomic
def _finish(payment: Payment, sync: OutboundSync, page: HostedPage, now: datetime) -> Payment:
    settled = payments.settle(
        environment_id=payment.environment_id,
        payment_id=payment.id,
        evidence=PaymentEvidence(
            status=payment.status,
            gateway_session_id=page.session_id,
            checkout_url=page.url,
            is_open=True,
        ),
        now=now,
    )
    outcomes.done(sync, now)
    # What remains may have changed meanwhile: then it has been cancelled.
    settled.refresh_from_db()
    return settled


def _abandon(sync: OutboundSync, failure: Exception, now: datetime) -> None:
    """Settles sync and payment; a page that was opened all the same expires, and no customer has its URL.

    One that was open before stays so.
    """
    foreground.end(sync, failure, now)
    if Payment.objects.exclude(gateway_session_id="").filter(pk=sync.entity_id).exists():
        return
    payments.settle(
        environment_id=sync.connection.environment_id,
        payment_id=sync.entity_id,
        evidence=PaymentEvidence(status="cancelled"),
        now=now,
    )

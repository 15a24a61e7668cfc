"""Charges a saved payment method for an invoice: a payment and its push are written before any call."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Payment
from billing.models.payments import PaymentState
from billing.services.payments import payments
from integrations.db.rollback import rolled_back
from integrations.errors import Gone
from integrations.gateway.slots import waits
from integrations.models import Connection, OutboundSync
from integrations.outbox import dry_run, refusals, syncs
from integrations.outbox.dry_run import PlannedCall
from integrations.outbox.wait import deliver_and_wait
from integrations.payments.collection import claim
from integrations.payments.preconditions import (
    payable_invoice,
    push_first,
    refuse_concurrent_payment,
    refuse_now,
)
from integrations.provider_api import METHOD_REFUSED, registry

# Why a charge was not made at all.
NOT_ASKED = (
    Code.INVOICE_PAID, Code.INVOICE_NOT_OPEN, Code.PAYMENT_IN_PROGRESS, Code.AMOUNTS_DIFFER,
    Code.CUSTOMER_DIFFERS, Code.AMOUNT_TOO_SMALL, Code.AMOUNT_CHANGED, Gone.code,
)  # fmt: skip


@waits
def charge(
    connection: Connection,
    *,
    invoice_id: str,
    payment_method_id: str = "",
    idempotency_key: str = "",
    started_by: str = "",
    amount: Decimal | None = None,
    now: datetime,
) -> Payment:
    """The payment after its charge: succeeded, failed (with why), or requires_action with a ``checkout_url``.

    It is still pending where the outcome is unknown; workers find it out. ``payment_method_id`` "" is the
    customer's default. ``amount`` (major units): what was confirmed, and nothing else is charged; None for
    whatever remains. A second call with the same ``idempotency_key``, also at the same moment, returns the
    first payment. Raises NotFound, Invalid for a method that the provider does not know, or Conflict
    when nothing is due, too little is, another payment is under way, the customer is gone at the provider, or
    the provider asks for another amount.
    """
    wanted = {"method": payment_method_id, "key": idempotency_key, "amount": amount}
    payment, sync = _earlier(connection, idempotency_key), None
    if payment is None:
        try:
            payment, sync = _begun(connection, invoice_id, wanted, started_by, now)
        except Conflict:
            # The first of two equal requests may have begun since.
            payment = _earlier(connection, idempotency_key)
            if payment is None:
                raise
    if sync is None and payment.status == PaymentState.PENDING:
        sync = _requested(connection, payment, started_by)
    if sync is not None:
        deliver_and_wait(sync)
    payment.refresh_from_db()
    return _asked(payment)


def plan(
    connection: Connection, *, invoice_id: str, payment_method_id: str = "", now: datetime
) -> list[PlannedCall]:
    """The calls that a charge would make now; makes none and stores nothing. Raises as ``charge``."""
    refuse_now(connection, invoice_id)
    with rolled_back():
        payment = _begin(connection, invoice_id, method=payment_method_id, now=now)
        return dry_run.plan(connection, Kind.PAYMENT, payment.pk)


def _begun(
    connection: Connection, invoice_id: str, wanted: Mapping[str, Any], started_by: str, now: datetime
) -> tuple[Payment, OutboundSync]:
    """The payment and its push, written together, after what the provider is to know before."""
    push_first(connection, invoice_id, now)
    with transaction.atomic():
        payment = _begin(connection, invoice_id, **wanted, now=now)
        return payment, _requested(connection, payment, started_by)


def _requested(connection: Connection, payment: Payment, started_by: str) -> OutboundSync:
    return syncs.request(
        connection_id=connection.pk, kind=Kind.PAYMENT, entity_id=payment.pk, started_by=started_by
    )


def _begin(
    connection: Connection,
    invoice_id: str,
    *,
    method: str = "",
    key: str = "",
    amount: Decimal | None = None,
    now: datetime,
) -> Payment:
    if not registry.provider(connection.provider).payments.charges_saved_methods:
        raise Conflict(
            f"FlexSync cannot charge saved payment methods at {connection.provider}.", code="not_supported"
        )
    invoice = payable_invoice(connection.environment_id, invoice_id)
    claim(connection, invoice_id)
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=invoice.amount_remaining if amount is None else amount,
        currency=invoice.currency,
        gateway=connection.provider,
        connection_id=connection.pk,
        off_session=True,
        amount_is_fixed=amount is not None,
        gateway_method_id=method,
        status=PaymentState.PENDING,
    )
    # Locks the invoice until the row is written: of two payments that begin at once, one sees the other.
    payment = payments.create(
        environment_id=connection.environment_id, facts=facts, idempotency_key=key, now=now
    )
    refuse_concurrent_payment(payment, now)
    if refusal := refusals.of_another_amount(payment, invoice):
        raise refusal.error()
    return payment


def _asked(payment: Payment) -> Payment:
    """The payment; raises Conflict or Invalid for one that was cancelled before anything was asked for it."""
    if payment.failure_code == METHOD_REFUSED:
        raise Invalid.of({"payment_method_id": payment.failure_message})
    if payment.status == PaymentState.CANCELLED and payment.failure_code in NOT_ASKED:
        raise refusals.of_cancelled(payment).error()
    return payment


def _earlier(connection: Connection, idempotency_key: str) -> Payment | None:
    """The payment of an earlier request with the same key."""
    if not idempotency_key:
        return None
    return Payment.objects.filter(
        environment_id=connection.environment_id, idempotency_key=idempotency_key
    ).first()

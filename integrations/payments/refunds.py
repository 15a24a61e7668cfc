"""Refunds a payment: refund and push are written before any call, so it happens once whatever fails."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import Conflict, NotFound
from billing.events import Kind
from billing.models import Payment, Refund
from billing.models.refunds import RefundState
from billing.services.payments import refunds
from integrations.connections import selection
from integrations.db.rollback import rolled_back
from integrations.gateway.slots import waits
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction
from integrations.outbox import dry_run, syncs
from integrations.outbox.dry_run import PlannedCall
from integrations.outbox.wait import deliver_and_wait
from integrations.payments import amounts
from integrations.provider_api import registry


@waits
def refund(
    *,
    environment_id: str,
    payment_id: str,
    amount: Decimal | None,
    started_by: str = "",
    now: datetime,
    **details: Any,
) -> Refund:
    """The refund after its gateway's answer; still pending where the outcome is unknown: workers find it out.

    ``amount`` in major units, None for all that is left. ``details``: reason, note, out_of_band,
    even_if_disputed, idempotency_key as billing's refunds.create takes them. Raises NotFound, Invalid or
    Conflict.
    """
    _check(environment_id, payment_id, amount)
    details |= {"amount": amount, "started_by": started_by, "now": now}
    with transaction.atomic():
        created = refunds.create(environment_id=environment_id, payment_id=payment_id, **details)
        pending = created.status == RefundState.PENDING
        sync = request_push(environment_id, payment_id, started_by) if pending else None
    if sync is not None:
        deliver_and_wait(sync)
        created.refresh_from_db()
    return created


def request_push(environment_id: str, payment_id: str, started_by: str) -> OutboundSync | None:
    """The push that carries out the payment's refunds, None for money that came through no gateway."""
    connection = gateway_connection(environment_id, payment_id)
    if connection is None:
        return None
    return syncs.request(
        connection_id=connection.pk,
        kind=Kind.PAYMENT,
        entity_id=payment_id,
        action=SyncAction.REFUND,
        started_by=started_by,
    )


def plan(
    *, environment_id: str, payment_id: str, amount: Decimal | None, now: datetime, **details: Any
) -> list[PlannedCall]:
    """The calls that the refund would make; makes none and stores nothing. Raises as ``refund``."""
    _check(environment_id, payment_id, amount)
    details |= {"amount": amount, "now": now}
    with rolled_back():
        refunds.create(environment_id=environment_id, payment_id=payment_id, **details)
        return planned(environment_id, payment_id)


def _check(environment_id: str, payment_id: str, amount: Decimal | None) -> None:
    """Raises first what would refuse the push."""
    connection = gateway_connection(environment_id, payment_id)
    if connection is not None and amount is not None:
        currency = Payment.objects.values_list("currency", flat=True).get(pk=payment_id)
        amounts.check(connection, currency, {"amount": amount})


def planned(environment_id: str, payment_id: str) -> list[PlannedCall]:
    """The calls that carry out the payment's refunds, none for money that came through no gateway."""
    connection = gateway_connection(environment_id, payment_id)
    if connection is None:
        return []
    return dry_run.plan(connection, Kind.PAYMENT, payment_id, registry.refund(connection.provider))


def gateway_connection(environment_id: str, payment_id: str) -> Connection | None:
    """Returns the connection through which the money came, None if it came through no gateway."""
    payment = Payment.objects.filter(pk=payment_id, environment_id=environment_id).first()
    if payment is None:
        raise NotFound(f"There is no payment {payment_id}.")
    if not refunds.at_gateway(payment):
        return None
    connections = Connection.objects.filter(provider=payment.gateway).exclude(
        status=ConnectionStatus.ARCHIVED
    )
    mappings = EntityMapping.objects.filter(entity_type=Kind.PAYMENT, entity_id=payment_id)
    found = connections.filter(pk=payment.connection_id).first()
    found = found or connections.filter(mappings__in=mappings).first()
    found = found or selection.choose(environment_id, payment.gateway)
    if registry.provider(found.provider).payments.refund is None:
        raise Conflict(
            f"FlexSync cannot refund payments at {registry.provider(found.provider).label}. Refund it there.",
            code="not_supported",
        )
    return found

"""Refunds a payment: a refund and its push are written before any call, so it happens once whatever fails."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import Conflict, NotFound
from billing.events import Kind
from billing.models import Payment, Refund
from billing.services.payments import refunds
from integrations.connections import selection
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.outbox import dry_run, syncs
from integrations.outbox.dry_run import PlannedCall
from integrations.outbox.wait import deliver_and_wait
from integrations.provider_api import registry


def refund(
    *,
    environment_id: str,
    payment_id: str,
    amount: Decimal | None,
    started_by: str = "",
    now: datetime,
    **said: Any,
) -> Refund:
    """The refund after its gateway's answer; still pending where the outcome is unknown: workers find it out.

    ``amount`` in major units, None for all that is left. ``said``: reason, note, out_of_band, idempotency_key as
    billing's refunds.create takes them. Raises NotFound, Invalid or Conflict.
    """
    connection = gateway_connection(environment_id, payment_id)
    given = {"amount": amount, "started_by": started_by, "now": now, **said}
    with transaction.atomic():
        made = refunds.create(environment_id=environment_id, payment_id=payment_id, **given)
        if connection is None or made.status != "pending":
            return made
        sync = syncs.request(
            connection_id=connection.pk, kind=Kind.PAYMENT, entity_id=payment_id, started_by=started_by
        )
    deliver_and_wait(sync)
    made.refresh_from_db()
    return made


def plan(
    *, environment_id: str, payment_id: str, amount: Decimal | None, now: datetime, **said: Any
) -> list[PlannedCall]:
    """The calls that the refund would make; nothing is kept, nobody is called. Raises as ``refund``."""
    connection = gateway_connection(environment_id, payment_id)
    with transaction.atomic():
        refunds.create(environment_id=environment_id, payment_id=payment_id, amount=amount, now=now, **said)
        calls = dry_run.plan(connection, Kind.PAYMENT, payment_id) if connection else []
        transaction.set_rollback(True)
    return calls


def gateway_connection(environment_id: str, payment_id: str) -> Connection | None:
    """Returns the connection through which the money came, None if it came through no gateway."""
    payment = Payment.objects.filter(pk=payment_id, environment_id=environment_id).first()
    if payment is None:
        raise NotFound(f"There is no payment {payment_id}.")
    if not refunds.at_gateway(payment):
        return None
    pairs = EntityMapping.objects.filter(entity_type=Kind.PAYMENT, entity_id=payment_id)
    connections = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED)
    found = connections.filter(mappings__in=pairs, provider=payment.gateway).first()
    found = found or selection.choose(environment_id, payment.gateway)
    if not registry.provider(found.provider).payments.gives_refunds:
        raise Conflict(f"FlexSync has no way to refund through {found.provider}.", code="not_supported")
    return found

"""Issues a credit note where its invoice is: written before any call, so it happens once whatever fails."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.errors import Conflict
from billing.events import Kind
from billing.facts import ZERO
from billing.models import CreditNote, Invoice
from billing.services.invoices import credit_note_voids, credit_notes
from billing.services.invoices.credit_notes import CreditNoteRequest
from integrations.db.rollback import rolled_back
from integrations.gateway.slots import waits
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncState
from integrations.outbox import dry_run, syncs
from integrations.outbox.dry_run import PlannedCall
from integrations.outbox.wait import deliver_and_wait, finish_turn
from integrations.payments import amounts, looks, refunds


@waits
def issue(
    *,
    environment_id: str,
    invoice_id: str,
    request: CreditNoteRequest,
    now: datetime,
    started_by: str = "",
    idempotency_key: str = "",
) -> CreditNote:
    """The credit note after its refunds and the provider's answer; without its number where that is not there
    yet: workers go on.

    What waits to be sent of the invoice goes first, and a look at it: what was paid meanwhile is not credited
    as if it were still due. Raises NotFound, Invalid, or Conflict: also for what the provider refuses, which
    is voided here.
    """
    if (
        not CreditNote.objects.filter(idempotency_key=idempotency_key, invoice_id=invoice_id)
        .exclude(idempotency_key="")
        .exists()
    ):
        _look_first(environment_id, invoice_id, started_by, now)
    connection = connection_of(environment_id, invoice_id)
    _check(connection, invoice_id, request)
    arguments: dict[str, Any] = {"environment_id": environment_id, "invoice_id": invoice_id, "now": now}
    arguments |= {"connection_id": connection.pk if connection else "", "started_by": started_by}
    with transaction.atomic():
        note = credit_notes.issue(request=request, idempotency_key=idempotency_key, **arguments)
        pushes = _refund_pushes(note, started_by)
    for push in pushes:
        deliver_and_wait(push)
    if connection and not note.gateway_credit_note_id:
        _deliver(connection, note, started_by, now)
    note.refresh_from_db()
    return note


@waits
def void(*, environment_id: str, credit_note_id: str, now: datetime, started_by: str = "") -> CreditNote:
    """The credit note, voided here and at its provider; raises NotFound, or Conflict: also where the provider
    refuses, and it stays issued.
    """
    note = credit_note_voids.void(environment_id=environment_id, credit_note_id=credit_note_id, now=now)
    connection = Connection.objects.filter(pk=note.connection_id).first()
    if connection and note.gateway_credit_note_id:
        sync = deliver_and_wait(_request(connection, note, started_by))
        if sync.state == SyncState.BLOCKED:
            raise Conflict(
                f"{connection} keeps the credit note: {sync.last_error}", code="credit_note_refused"
            )
        note.refresh_from_db()
    return note


def plan(
    *, environment_id: str, invoice_id: str, request: CreditNoteRequest, now: datetime
) -> list[PlannedCall]:
    """The calls that the credit note would make; makes none and stores nothing. Raises as ``issue``."""
    connection = connection_of(environment_id, invoice_id)
    _check(connection, invoice_id, request)
    with rolled_back():
        note = credit_notes.issue(
            environment_id=environment_id,
            invoice_id=invoice_id,
            request=request,
            connection_id=connection.pk if connection else "",
            now=now,
        )
        paid = [one.payment_id for one in note.refunds.order_by("pk")]
        calls = [call for one in paid for call in refunds.planned(environment_id, one)]
        return calls + (dry_run.plan(connection, Kind.CREDIT_NOTE, note.pk) if connection else [])


def connection_of(environment_id: str, invoice_id: str) -> Connection | None:
    """The connection whose provider has the invoice, the one that collects it first; None where none has."""
    mappings = EntityMapping.objects.filter(entity_type=Kind.INVOICE, entity_id=invoice_id)
    found = list(
        Connection.objects.filter(environment_id=environment_id, mappings__in=mappings)
        .exclude(status=ConnectionStatus.ARCHIVED)
        .order_by("pk")
    )
    invoice = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id).first()
    collecting = [one for one in found if invoice and one.pk == invoice.connection_id]
    return next(iter([*collecting, *found]), None)


def _look_first(environment_id: str, invoice_id: str, started_by: str, now: datetime) -> None:
    collecting = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id).values("connection_id")
    for connection in Connection.objects.filter(pk__in=collecting, status=ConnectionStatus.ACTIVE):
        finish_turn(connection.pk, invoice_id)
    looks.look(environment_id, invoice_id, started_by=started_by or "credit note", now=now)


def _check(connection: Connection | None, invoice_id: str, request: CreditNoteRequest) -> None:
    if connection is not None:
        currency = Invoice.objects.values_list("currency", flat=True).get(pk=invoice_id)
        amounts.check(connection, currency, _amounts(request))
    if request.to_balance and connection is None:
        message = (
            "No provider has this invoice, so none keeps a balance for the customer. Send refund or out_of_band"
            " instead of to_balance."
        )
        raise Conflict(message, code="not_synced", details={"to_balance": message})


def _amounts(request: CreditNoteRequest) -> dict[str, Decimal]:
    parts = {name: getattr(request, name) for name in ("refund", "to_balance", "out_of_band")}
    lines = {f"lines[{index}].amount": line.amount for index, line in enumerate(request.lines)}
    return {"amount": request.amount or ZERO, **parts, **lines}


def _refund_pushes(note: CreditNote, started_by: str) -> list[OutboundSync]:
    pushes = [
        refunds.request_push(note.environment_id, one.payment_id, started_by)
        for one in note.refunds.filter(gateway_refund_id="")
    ]
    return [push for push in pushes if push is not None]


def _deliver(connection: Connection, note: CreditNote, started_by: str, now: datetime) -> None:
    """Raises Conflict for what the provider refuses; the note is voided, unless some of it went back."""
    sync = deliver_and_wait(_request(connection, note, started_by))
    if sync.state != SyncState.BLOCKED or note.refunds.exists():
        return
    credit_note_voids.void(environment_id=note.environment_id, credit_note_id=note.pk, now=now)
    raise Conflict(
        f"{connection} refused the credit note. {sync.last_error}",
        code="credit_note_refused",
    )


def _request(connection: Connection, note: CreditNote, started_by: str) -> OutboundSync:
    with transaction.atomic():
        return syncs.request(
            connection_id=connection.pk, kind=Kind.CREDIT_NOTE, entity_id=note.pk, started_by=started_by
        )

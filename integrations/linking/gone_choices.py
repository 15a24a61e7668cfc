"""What a person decides about an object that is gone at the provider; blocked work then goes on by itself."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.models import CreditNote, Payment, Price
from billing.models.credit_notes import CreditNoteStatus
from billing.models.payments import RECEIVED, PaymentState
from billing.persistence import expected_versions
from billing.services import row_endings
from integrations.gateway.slots import waits
from integrations.linking import belongings, changes, pairs, waiting
from integrations.linking.pairs import Deed, Pair
from integrations.models import Conflict as FieldConflict
from integrations.models import EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.models.mapping_changes import MappingAction
from integrations.models.mappings import GoneChoice
from integrations.outbox import obstacles, syncs
from integrations.provider_api import ASKS, registry

NOT_GONE, ENDED = "not_gone", "ended_here"
_ACTIONS = {
    GoneChoice.CREATE_ANEW: MappingAction.CREATED_ANEW,
    GoneChoice.ARCHIVE: MappingAction.ARCHIVED,
    GoneChoice.LEAVE: MappingAction.LEFT,
}


@waits
def resolve(mapping: EntityMapping, choice: GoneChoice, deed: Deed, now: datetime) -> None:
    """Carries the choice out; call it outside any transaction.

    Raises Outdated; Conflict where the object is there, or was given up, where nothing would be made anew
    because the row has ended, or where the row cannot be ended; Retry or Rejected where another provider that
    has it does not answer.
    """
    _check(mapping)
    pair = pairs.of_mapping(mapping)
    if choice == GoneChoice.CREATE_ANEW:
        refuse_needless(pair)
    if choice == GoneChoice.ARCHIVE:
        environment_id, origin = pair.connection.environment_id, pair.connection.pk
        row_endings.end(pair.kind, row_endings.Place(environment_id, pair.entity_id, now, origin))
    with transaction.atomic():
        decide(pair, choice, deed, now)


def _check(mapping: EntityMapping) -> None:
    expected_versions.check(mapping)
    if mapping.gone_at is None:
        message = f"{mapping.provider_entity_id} is not known to be gone: there is nothing to choose."
        raise Conflict(message, code=NOT_GONE)
    if not mapping.entity_id:
        message = f"{mapping.provider_entity_id} was given up: another object has taken its place."
        raise Conflict(message, code=NOT_GONE)


def refuse_needless(pair: Pair) -> None:
    """Raises Conflict where no other object would be made, or must be."""
    if row_endings.has_ended(pair.kind, pair.entity_id):
        message = f"The {pair.kind} {pair.entity_id} has ended here: nothing is made for it. If it can be restored, do that."
        raise Conflict(message, code=ENDED)
    connection = pair.connection
    if connection.status == ConnectionStatus.ARCHIVED:
        raise Conflict(f"The connection {connection} was deleted.", code="connection_stopped")
    push = registry.push(connection.provider, pair.kind)
    if not push.wanted(pair.entity_id):
        message = f"FlexSync does not send the {pair.kind} {pair.entity_id}, so nothing is made for it."
        raise Conflict(message, code="not_supported")
    if pair.kind == Kind.INVOICE:
        _refuse_settled(pair.entity_id)


def _refuse_settled(invoice_id: str) -> None:
    """Raises Conflict where a part of the invoice is settled: another one would ask for all of it."""
    rest = "and bill what is still owed with a new invoice."
    if CreditNote.objects.filter(invoice=invoice_id, status=CreditNoteStatus.ISSUED).exists():
        message = f"The invoice {invoice_id} has credit notes, and another one at the provider would ask for their amount again. Void it here, {rest}"
        raise Conflict(message, code=Code.INVOICE_CREDITED)
    money = Payment.objects.filter(invoice=invoice_id, status__in=(*RECEIVED, PaymentState.PROCESSING))
    if (found := money.order_by("pk").first()) is not None:
        message = f"The payment {found.pk} of the invoice {invoice_id} is {found.status}, and another invoice at the provider would ask for that money again. Mark this one as uncollectible, {rest}"
        raise Conflict(message, code=Code.INVOICE_PAID)


def decide(pair: Pair, choice: GoneChoice, deed: Deed, now: datetime) -> None:
    """Writes the choice down, and lets go on what it was awaited for; inside a transaction."""
    anew = choice == GoneChoice.CREATE_ANEW
    changes.lock([pair])
    if anew:
        belongings.forget(pair)
    mapping = _locked(pair)
    _check(mapping)
    mapping.gone_choice, mapping.decided_by, mapping.decided_at = choice, deed.done_by, now
    mapping.save()
    changes.record(mapping.pk, pair, None, deed, _ACTIONS[choice])
    parts = _prices(mapping) if anew else ()
    stopped = [
        pair,
        *(Pair(pair.connection, Kind.PRICE, one.entity_id, one.provider_entity_id) for one in parts),
    ]
    if anew:
        for one in (mapping, *parts):
            _give_up(one, mapping, now)
    waiting.go_on(stopped, now)
    if anew:
        syncs.request(
            connection_id=pair.connection.pk,
            kind=pair.kind,
            entity_id=pair.entity_id,
            started_by=deed.done_by,
        )


def _locked(pair: Pair) -> EntityMapping:
    rows = EntityMapping.objects.select_for_update().filter(connection=pair.connection)
    return rows.get(entity_type=pair.kind, provider_entity_id=pair.provider_id)


def _prices(mapping: EntityMapping) -> Sequence[EntityMapping]:
    """Those of a plan's prices, which are gone with their product: it is never deleted before they are."""
    if mapping.entity_type != Kind.PLAN:
        return ()
    prices = Price.objects.filter(plan=mapping.entity_id).values_list("pk", flat=True)
    found = EntityMapping.objects.filter(connection=mapping.connection_id, entity_type=Kind.PRICE)
    return list(found.filter(entity_id__in=list(prices)).select_for_update())


def _give_up(mapping: EntityMapping, because_of: EntityMapping, now: datetime) -> None:
    """Keeps the mapping as history; what a push did with the object counts no more."""
    mapping.former_entity_id, mapping.entity_id = mapping.entity_id, ""
    mapping.gone_at = mapping.gone_at or because_of.gone_at
    mapping.gone_reason = mapping.gone_reason or f"It was of {because_of.provider_entity_id}, which is gone."
    mapping.gone_choice = because_of.gone_choice
    mapping.decided_by, mapping.decided_at = because_of.decided_by, because_of.decided_at
    if ASKS in mapping.metadata:
        mapping.metadata[ASKS] = False
    mapping.save()
    FieldConflict.objects.filter(
        connection=mapping.connection_id,
        entity_type=mapping.entity_type,
        entity_id=mapping.former_entity_id,
        winner="",
    ).delete()
    obstacles.forget_counterpart(
        mapping.connection_id,
        Kind(mapping.entity_type),
        mapping.former_entity_id,
        mapping.provider_entity_id,
        now,
        is_gone=True,
    )

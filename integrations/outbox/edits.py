"""What a push asks for about entities that both sides edit: what to send, what earlier calls have done."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from billing.events import Kind
from integrations.errors import Gone, Missing, Rejected, Unclear
from integrations.mappings import bases, entity_mappings
from integrations.models import OutboundCall, OutboundSync
from integrations.outbox import leases
from integrations.outbox.call_log import CallLog
from integrations.outbox.call_log_sql import Entity
from integrations.provider_api import LAST_KNOWN, UNSENT, Json, LeftOut, Pending, Recovery, Sent


class Edits(ABC):
    """A part of the context of a push."""

    call_log: CallLog
    once: Callable[..., Json]
    _sync: OutboundSync
    _recovery: Recovery
    _clock: leases.Clock
    _lease: leases.Lease
    _mappings: dict[Entity, entity_mappings.Counterpart]

    @abstractmethod
    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of the entity's counterpart at the provider."""

    def _mapping(self, kind: Kind, entity_id: str) -> entity_mappings.Counterpart:
        """The counterpart and the notes; read again after each call, because others may write during it."""
        entity = (kind, entity_id)
        if entity not in self._mappings:
            self._mappings[entity] = entity_mappings.counterpart_of(self._sync.connection_id, kind, entity_id)
        return self._mappings[entity]

    def pending(self, kind: Kind, entity_id: str, step: str) -> Pending:
        """What was changed here since both sides were compared."""
        # Read before the row: values that an event brings meanwhile must not look like changes made here.
        self._mappings.pop((kind, entity_id), None)
        counterpart = self._mapping(kind, entity_id)
        unanswered = self.call_log.unanswered(step, counterpart.provider_id or "")
        found = bases.pending(self._sync.connection, kind, entity_id, counterpart.notes, self.provider_id_of)
        unsure = (call for call in unanswered if not call.was_seen)
        changes = {name: pair for call in unsure for name, pair in call.changes.items()}
        return replace(found, is_doubtful=found.is_doubtful or bool(unanswered), unanswered=changes)

    def leave_out(self, kind: Kind, entity_id: str, fields: LeftOut) -> None:
        """Notes it, where that is news."""
        found = {name: list(values) for name, values in fields.items()}
        if found != self._mapping(kind, entity_id).notes.get(UNSENT, {}):
            entity_mappings.note(self._sync.connection_id, kind, entity_id, {UNSENT: found})
            self._mappings.pop((kind, entity_id), None)

    def repeat(self, kind: Kind, entity_id: str, step: str) -> None:
        """Makes the unanswered calls of earlier attempts again, as long as the provider knows their keys."""
        target = self.provider_id_of(kind, entity_id) or ""
        for call in self.call_log.unanswered(step, target):
            if call.was_seen:
                # Its event has come.
                self.give_up(kind, entity_id, call.step)
            elif call.key_used_at and self._recovery.may_repeat(call.key_used_at, self._clock()):
                self._repeat(call, (kind, entity_id))

    def _repeat(self, call: OutboundCall, entity: Entity) -> None:
        """Its answer only tells that it was carried out: others may have changed the object since."""
        self._mappings.clear()
        changes = {name: (before, after) for name, (before, after) in call.changes.items()}
        sent = Sent(changes, self._mapping(*entity).notes.get(LAST_KNOWN), is_old=True)
        try:
            self.once(call.step, call.operation, call.params, target=call.target, about=entity, merge=sent)
        except (Missing, Gone):
            raise
        except Unclear:
            # It stays without an answer.
            return
        except Rejected as refusal:
            # What is true by now is sent instead.
            if refusal.connection_is_broken:
                raise

    def give_up(self, kind: Kind, entity_id: str, step: str) -> None:
        """Gives up the unanswered calls of earlier attempts: the provider was looked at since."""
        for call in self.call_log.unanswered(step, self.provider_id_of(kind, entity_id) or ""):
            notes = self._mapping(kind, entity_id).notes
            was_seen = bases.shows(self._sync.connection, kind, notes, call.changes)
            self.call_log.give_up(call, self._lease.now(), was_seen=was_seen)

"""provider_api.Outbound for a push that runs: records every call before and after it is made."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models import Invoice, Subscription
from integrations.connections import collectors, subscription_billing
from integrations.db import advisory_locks
from integrations.errors import Missing, Rejected, Retry, Throttled
from integrations.gateway import epochs
from integrations.gateway.guarded import GuardedGateway
from integrations.inbox import observations
from integrations.mappings import entity_mappings, gone, link_choices
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import Priority
from integrations.outbox import answers, call_log_sql, doubts, leases, lost_answers
from integrations.outbox.call_log import CallLog
from integrations.outbox.call_log_sql import Entity, Notes
from integrations.outbox.edits import Edits
from integrations.provider_api import LAST_KNOWN, Json, Sent, registry
from integrations.provider_api.outbound import NOTHING

Decided = TypeVar("Decided")


class OutboundContext(Edits):
    """One attempt at one sync. Every write is guarded by the lease, and raises LeaseLost without it."""

    dry = False

    def __init__(self, sync: OutboundSync, clock: leases.Clock) -> None:
        """``sync`` is claimed and comes with its connection."""
        self.connection_id = sync.connection_id
        self.environment_id = sync.connection.environment_id
        self.entity_id = sync.entity_id
        self.call_log = CallLog(sync)
        self._sync = sync
        self._provider = registry.provider(sync.connection.provider)
        self._recovery = self._provider.recovery
        self._clock = clock
        self._lease = leases.Lease(sync, clock)
        self._asked_at = timezone.now()
        self._mappings: dict[Entity, entity_mappings.Counterpart] = {}
        priority = Priority(sync.priority)
        self._gateway = GuardedGateway(sync.connection, priority, before=self._lease.confirm)

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of the entity's counterpart at the provider; raises Gone where it is there no more."""
        found = self._mapping(kind, entity_id)
        if found.is_gone:
            raise gone.of_entity(self.connection_id, kind, entity_id) or Retry("It was linked anew just now.")
        return found.provider_id

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What earlier pushes noted about the mapping."""
        return self._mapping(kind, entity_id).notes

    def collects(self, invoice: Invoice) -> bool:
        """Whether this connection collects the invoice."""
        return collectors.collects(self.connection_id, invoice, assign=True)

    def billed_elsewhere(self, subscription: Subscription) -> str:
        """The other connection that bills it."""
        return subscription_billing.biller(subscription, self.connection_id)

    def has_begun(self, step: str) -> bool:
        """Whether the step has a call that was made."""
        return self.call_log.is_open(step) or self.call_log.answer(step) is not None

    def look(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str,
        annotate: Callable[[Json], Json] | None = None,
        about: Entity | None = None,
        merge: Sent | None = None,
    ) -> Json:
        """Makes the call now, in a step of its own, under a key that no earlier attempt has used."""
        step = self.call_log.new_step(step, self._lease.now())
        return self.once(
            step,
            operation,
            params,
            target=target,
            annotate=annotate,
            about=about,
            repeatable=True,
            merge=merge,
        )

    def observe(
        self,
        kind: Kind,
        answer: Json,
        decide: Callable[[], Decided] | None = None,
        *,
        notes: Json = NOTHING,
    ) -> Decided | None:
        """Applies the answer of the latest call, then decides, while this worker has the lease."""
        self._lease.confirm()
        self._mappings.clear()
        return observations.observe(
            self._sync.connection,
            kind,
            answer,
            asked_at=self._asked_at,
            decide=decide,
            notes=notes,
            priority=Priority(self._sync.priority),
        )

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether an earlier call to ``target``, in a step other than ``besides``, has no answer."""
        return self.call_log.is_unsure(target, besides)

    def skip(self, step: str, reason: str) -> None:
        """Records that a step was not needed."""
        self.call_log.skip(step, reason, self._lease.now())

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: Entity | None = None,
        annotate: Callable[[Json], Json] | None = None,
        about: Entity | None = None,
        repeatable: bool = False,
        merge: Sent | None = None,
    ) -> Json:
        """Makes one call, or returns the answer that was recorded for it."""
        if merge is not None and not merge.is_old:
            step = self.call_log.new_step(step, self._lease.now())
        recorded = self.call_log.answer(step)
        if recorded is not None:
            return recorded
        epochs.keep(self._sync.connection)
        entity = about or link or (Kind(self._sync.entity_type), self.entity_id)
        known = self._mapping(*entity) if annotate and link is None else None
        self._mappings.clear()
        call = self._begin(step, operation, params, target or "", link, (entity, merge))
        if isinstance(call, str):
            return {"id": call}
        answer = self._send(call, repeatable)
        self._sync.step = step
        facts = annotate(answer) if annotate else {}
        mergeable, is_repeated = self._provider.mergeables.get(entity[0]), self.call_log.is_repeated(step)
        if link and is_repeated:
            facts = answers.of_making(mergeable, call.params, facts)
        elif merge is None and known:
            merge = answers.observed(mergeable, known, answer, is_old=is_repeated)
        notes = (entity, facts) if annotate else None
        if merge is not None:
            self._finish_and_merge(call, answer, entity[0], merge, notes)
        else:
            self._finish(call, answer, link, notes)
        return answer

    def _begin(
        self,
        step: str,
        operation: str,
        params: Json,
        target: str,
        link: Entity | None,
        merged: tuple[Entity, Sent | None],
    ) -> OutboundCall | str:
        """The recorded call to make, or the counterpart of ``link`` when it exists by now."""
        if link is None:
            return self._begin_change(step, operation, params, target, *merged)
        if not target:
            link_choices.hold(self.connection_id, *link)
            call = self.call_log.begin_creating(step, operation, params, link, self._lease.now())
            if call is not None:
                return call
        with transaction.atomic():
            return self._created_meanwhile(step, link) or self.call_log.begin(
                step, operation, params, target, ":".join(link), self._lease.now()
            )

    def _begin_change(
        self, step: str, operation: str, params: Json, target: str, entity: Entity, sent: Sent | None
    ) -> OutboundCall:
        """The recorded call, of an object that is known as it was when it was decided what is ``sent``.

        Raises Retry where an event has changed that since: from now on those that do wait for the answer.
        """
        changes = sent.changes if sent and sent.is_certain else None
        begin = partial(self.call_log.begin, step, operation, params, target, "", self._lease.now(), changes)
        if sent is None or sent.is_old or not changes:
            return begin()
        with transaction.atomic():
            advisory_locks.lock(self.connection_id, target)
            if self._mapping(*entity).notes.get(LAST_KNOWN) != sent.held:
                raise Retry("The provider's object has just changed. FlexSync compares it again.", after=1)
            return begin()

    def _created_meanwhile(self, step: str, link: Entity) -> str | None:
        """The counterpart if another push has created it since; if not, none can begin to until commit."""
        if self.call_log.is_open(step):
            return None
        advisory_locks.lock(self.connection_id, *link)
        provider_id = self.provider_id_of(*link)
        if provider_id is not None:
            reason = f"Not needed: another sync has created {provider_id} meanwhile."
            self.call_log.skip(step, reason, self._lease.now())
        return provider_id

    def _send(self, call: OutboundCall, repeatable: bool) -> dict[str, Any]:
        """Makes the call outside any transaction; a refusal is recorded before it is raised."""
        self._asked_at = timezone.now()
        try:
            found = None if repeatable else self._done_before(call)
            # What others may have changed since is not overwritten to find out.
            make = self._gateway.call_once if call.changes else self._gateway.call
            return dict(
                found
                or make(call.operation, call.params, target=call.target or None, key=call.idempotency_key)
            )
        except Rejected as refusal:
            if refusal.connection_is_broken:
                self._withdraw(call)
            else:
                detail = self._sync.connection.masked(str(refusal))
                self.call_log.refuse(call, detail, self._lease.now())
            if isinstance(refusal, Missing):
                self._mappings.clear()
                if reason := gone.of_object(self.connection_id, refusal):
                    raise reason from refusal
            raise
        except Throttled as throttled:
            if call.changes and not self.call_log.is_repeated(call.step):
                self.call_log.refuse(call, str(throttled), self._lease.now())
            self._withdraw(call)
            raise

    def _done_before(self, call: OutboundCall) -> Json | None:
        """What an earlier attempt at the call, or one that the database forgot, has left behind."""
        if self.call_log.is_repeated(call.step):
            return lost_answers.done_by(call, self._recovery, self._gateway, self._clock())
        found = doubts.done_before(self._sync, call, self._recovery, self._gateway)
        if found is not None:
            self.call_log.note_found(call.step)
        return found

    def _withdraw(self, call: OutboundCall) -> None:
        """Without keys, keeps the next attempt from looking for a call that was not carried out."""
        if self._recovery.keys is None:
            self.call_log.withdraw(call, self._lease.now())

    def _finish(self, call: OutboundCall, answer: Json, link: Entity | None, notes: Notes | None) -> None:
        """Records the answer, and with it the mapping and the notes."""
        if link is None:
            found = call_log_sql.finish(self._sync, call, answer, self._lease.now(), notes)
        else:
            found = self._finish_and_link(call, answer, link, notes)
        self._mappings.clear()
        if notes and found:
            self._mappings[notes[0]] = found

    def _finish_and_merge(
        self, call: OutboundCall, answer: Json, kind: Kind, sent: Sent, notes: Notes | None
    ) -> None:
        """Records the answer, and merges what it shows into the entity, in one transaction."""
        observations.observe(
            self._sync.connection,
            kind,
            answer,
            asked_at=self._asked_at,
            decide=lambda: call_log_sql.finish(self._sync, call, answer, self._lease.now(), notes),
            priority=Priority(self._sync.priority),
            sent=sent,
        )
        self._mappings.clear()

    def _finish_and_link(
        self, call: OutboundCall, answer: Json, link: Entity, notes: Notes | None
    ) -> entity_mappings.Counterpart | None:
        """In one statement, unless either has a counterpart already or the notes are about another entity."""
        if notes is not None and notes[0] == link:
            found = call_log_sql.finish_and_link(self._sync, call, answer, self._lease.now(), notes)
            if found is not None:
                return found
        kind, entity_id = link
        with transaction.atomic():
            entity_mappings.link(
                connection_id=self.connection_id, kind=kind, entity_id=entity_id, provider_id=answer["id"]
            )
            return call_log_sql.finish(self._sync, call, answer, self._lease.now(), notes)

"""What a push may ask for while it runs: provider.Outbound, recording every call before and after it is made."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from billing.events import Kind
from integrations.db import advisory_locks
from integrations.errors import Rejected, SyncError, Throttled
from integrations.gateway.guarded import GuardedGateway
from integrations.mappings import entity_mappings
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import Priority
from integrations.outbox import call_log_sql, leases
from integrations.outbox.call_log import Calls
from integrations.provider_api import Gateway, Json, Recovery, registry


class OutboundContext:
    """One attempt at one sync. Every write is guarded by the lease: who lost it raises LeaseLost."""

    dry = False

    def __init__(self, sync: OutboundSync, clock: leases.Clock) -> None:
        """``sync`` is claimed and comes with its connection."""
        self.connection_id = sync.connection_id
        self.environment_id = sync.connection.environment_id
        self.entity_id = sync.entity_id
        self.calls = Calls(sync)
        self._sync = sync
        self._clock = clock
        self._lease = leases.Lease(sync, clock)
        self._pairs: dict[tuple[Kind, str], entity_mappings.Known] = {}
        priority = Priority(sync.priority)
        self._gateway: Gateway = GuardedGateway(sync.connection, priority, before=self._lease.confirm)

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        return self._pair(kind, entity_id)[0]

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What earlier pushes noted about the pair."""
        return self._pair(kind, entity_id)[1]

    def _pair(self, kind: Kind, entity_id: str) -> entity_mappings.Known:
        """Their twin and what is noted, remembered until the next call: that takes long, and others note things too."""
        pair = (kind, entity_id)
        if pair not in self._pairs:
            self._pairs[pair] = entity_mappings.known(self.connection_id, kind, entity_id)
        return self._pairs[pair]

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether an earlier call to ``target``, other than the step ``besides``, was never answered."""
        return self.calls.is_unsure(target, besides)

    def skip(self, step: str, reason: str) -> None:
        """Records that a step was not needed."""
        self.calls.skip(step, reason, self._lease.now())

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: tuple[Kind, str] | None = None,
        annotate: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
        repeatable: bool = False,
    ) -> Json:
        """Makes one call, or gives the answer that was recorded for it."""
        known = self.calls.answer(step)
        if known is not None:
            return known
        self._pairs.clear()
        if link is None:
            call = self.calls.begin(step, operation, params, target or "", "", self._lease.now())
        else:
            begun = self._begin_making(step, operation, params, target or "", link)
            if isinstance(begun, str):
                return {"id": begun}
            call = begun
        answer = self._send(call, repeatable)
        self._sync.step = step
        pair = about or link or (Kind(self._sync.entity_type), self.entity_id)
        self._finish(call, answer, link, (pair, annotate(answer)) if annotate else None)
        return answer

    def _begin_making(
        self, step: str, operation: str, params: Json, target: str, link: tuple[Kind, str]
    ) -> OutboundCall | str:
        """The call that makes the twin of ``link``, or the twin."""
        if not target:
            call = self.calls.begin_making(step, operation, params, link, self._lease.now())
            if call is not None:
                return call
        with transaction.atomic():
            return self._made_meanwhile(step, link) or self.calls.begin(
                step, operation, params, target, ":".join(link), self._lease.now()
            )

    def _made_meanwhile(self, step: str, link: tuple[Kind, str]) -> str | None:
        """The twin that another push has made since this one looked; from here on nobody else begins to make it."""
        if self.calls.is_open(step):
            return None
        advisory_locks.lock(self.connection_id, *link)
        twin = self.provider_id_of(*link)
        if twin is not None:
            self.calls.skip(step, f"{twin} was made meanwhile.", self._lease.now())
        return twin

    def _send(self, call: OutboundCall, repeatable: bool) -> dict[str, Any]:
        """Makes the call outside any transaction; a refusal is recorded before it is raised."""
        recovery = registry.provider(self._sync.connection.provider).recovery
        try:
            found = None if repeatable else self._done_before(call, recovery)
            return dict(
                found
                or self._gateway.call(
                    call.operation, call.params, target=call.target or None, key=call.idempotency_key
                )
            )
        except Rejected as refusal:
            if not refusal.connection_is_broken:
                self._record_refusal(call, refusal)
            raise
        except Throttled as refusal:
            # It was not carried out. Without keys only this record keeps the next attempt from looking for it.
            if recovery.keys is None and not self.calls.is_repeated(call.step):
                self._record_refusal(call, refusal)
            raise

    def _record_refusal(self, call: OutboundCall, refusal: SyncError) -> None:
        self.calls.refuse(call, self._sync.connection.masked(str(refusal)), self._lease.now())

    def _done_before(self, call: OutboundCall, recovery: Recovery) -> Json | None:
        """What an earlier attempt at the call has done, looked for where a repetition could do it twice.

        Raises Rejected when that cannot be told.
        """
        used = call.key_used_at
        if used is None or not self.calls.is_repeated(call.step) or recovery.may_repeat(used, self._clock()):
            return None
        found = recovery.find(
            self._gateway, operation=call.operation, params=call.params, target=call.target, since=used
        )
        lost = (
            "Its answer was lost, and its key is forgotten by now" if recovery.keys else "Its answer was lost"
        )
        if found is not None:
            call.detail = f"{lost}. It was found done."
            return found
        call.detail = f"{lost}. It was not done; made again."
        call.key_used_at = self._clock() if recovery.keys else used
        call.save(update_fields=["detail", "key_used_at"])
        return None

    def _finish(
        self,
        call: OutboundCall,
        answer: Json,
        link: tuple[Kind, str] | None,
        noted: tuple[tuple[Kind, str], Json] | None,
    ) -> None:
        """Records the answer, and with it what it says of pairs."""
        if link is None:
            found = call_log_sql.finish(self._sync, call, answer, self._lease.now(), noted)
        else:
            found = self._finish_and_link(call, answer, link, noted)
        self._pairs.clear()
        if noted and found:
            self._pairs[noted[0]] = found

    def _finish_and_link(
        self,
        call: OutboundCall,
        answer: Json,
        link: tuple[Kind, str],
        noted: tuple[tuple[Kind, str], Json] | None,
    ) -> entity_mappings.Noted | None:
        """In one statement, unless one of the two has a twin already or what is noted is about others."""
        if noted is not None and noted[0] == link:
            found = call_log_sql.finish_and_link(self._sync, call, answer, self._lease.now(), noted)
            if found is not None:
                return found
        kind, entity_id = link
        with transaction.atomic():
            entity_mappings.link(
                connection_id=self.connection_id, kind=kind, entity_id=entity_id, provider_id=answer["id"]
            )
            return call_log_sql.finish(self._sync, call, answer, self._lease.now(), noted)

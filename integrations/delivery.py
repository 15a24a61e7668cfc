"""What a push may ask for while it runs: provider.Outbound, recording every call before and after it is made."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from billing.events import Kind
from integrations import advisory, leases, mappings, registry
from integrations.calls import Calls
from integrations.errors import Rejected
from integrations.governed import Governed
from integrations.models import OutboundCall, OutboundSync
from integrations.models.outbound import CallState, Priority
from integrations.provider import Gateway, Json


class Delivery:
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
        self._held_at = clock()
        priority = Priority(sync.priority)
        self._gateway: Gateway = Governed(sync.connection, priority, before=self._still_ours)

    def theirs(self, kind: Kind, entity_id: str) -> str | None:
        """The id of their twin."""
        return mappings.theirs(self.connection_id, kind, entity_id)

    def stage_of(self, kind: Kind, entity_id: str) -> Json:
        """What earlier pushes noted about the pair."""
        return mappings.noted(self.connection_id, kind, entity_id)

    def is_unsure(self, target: str, besides: str) -> bool:
        """Whether an earlier call to ``target``, other than the step ``besides``, was never answered."""
        return self.calls.is_unsure(target, besides)

    def skip(self, step: str, reason: str) -> None:
        """Records that a step was not needed."""
        with transaction.atomic():
            self._hold()
            self.calls.skip(step, reason, self._clock())

    def once(
        self,
        step: str,
        operation: str,
        params: Json,
        *,
        target: str | None = None,
        link: tuple[Kind, str] | None = None,
        note: Callable[[Json], Json] | None = None,
        about: tuple[Kind, str] | None = None,
    ) -> Json:
        """Makes one call, or gives the answer that was recorded for it."""
        known = self.calls.answer(step)
        if known is not None:
            return known
        with transaction.atomic():
            self._hold()
            twin = self._made_meanwhile(step, link)
            if twin is not None:
                return {"id": twin}
            makes = ":".join(link) if link else ""
            call = self.calls.begin(step, operation, params, target or "", makes, self._clock())
        answer = self._send(call)
        self._sync.step = step
        with transaction.atomic():
            self._hold()
            if link is not None:
                self._link(link, answer)
            if note is not None:
                self._note(about or link or (Kind(self._sync.entity_type), self.entity_id), note(answer))
            self._done(call, answer)
        return answer

    def _made_meanwhile(self, step: str, link: tuple[Kind, str] | None) -> str | None:
        """The twin that another push has made since this one looked; from here on nobody else begins to make it."""
        if link is None or self.calls.is_open(step):
            return None
        advisory.lock(self.connection_id, *link)
        twin = self.theirs(*link)
        if twin is not None:
            self.calls.skip(step, f"{twin} was made meanwhile.", self._clock())
        return twin

    def _send(self, call: OutboundCall) -> dict[str, Any]:
        """Makes the call outside any transaction; a refusal is recorded before it is raised."""
        try:
            target = call.target or None
            found = self._left_behind(call)
            return dict(
                found
                or self._gateway.call(call.operation, call.params, target=target, key=call.idempotency_key)
            )
        except Rejected as refusal:
            if not refusal.connection_is_broken:
                with transaction.atomic():
                    self._hold()
                    detail = self._sync.connection.masked(str(refusal))
                    self.calls.refuse(call, detail, self._clock())
            raise

    def _left_behind(self, call: OutboundCall) -> Json | None:
        """What a call whose answer was lost has done, if the provider may have forgotten its key by now."""
        provider = registry.provider(self._sync.connection.provider)
        used = call.key_used_at
        if provider.keys_last is None or used is None or self._clock() - used < provider.keys_last:
            return None
        found = provider.look(self._gateway, call.operation, call.params, call.target, used)
        if found is not None:
            call.detail = "Its answer was lost, and its key is forgotten by now. It was found done."
            return found
        call.detail = "Its answer was lost, and its key is forgotten by now. It was not done; made again."
        call.key_used_at = self._clock()
        call.save(update_fields=["detail", "key_used_at"])
        return None

    def _hold(self) -> None:
        """Gives a sign of life; raises LeaseLost."""
        self._held_at = self._clock()
        leases.hold(self._sync, self._held_at)

    def _still_ours(self) -> None:
        """A process that stood still (a frozen machine) asks again before it calls: another may have the row by now."""
        if self._clock() - self._held_at > leases.length() / 2:
            with transaction.atomic():
                self._hold()

    def _link(self, pair: tuple[Kind, str], answer: Json) -> None:
        mappings.link(
            connection_id=self.connection_id, kind=pair[0], entity_id=pair[1], provider_id=answer["id"]
        )

    def _note(self, pair: tuple[Kind, str], facts: Json) -> None:
        mappings.note(
            connection_id=self.connection_id, kind=pair[0], entity_id=pair[1], facts=facts, now=self._clock()
        )

    def _done(self, call: OutboundCall, answer: dict[str, Any]) -> None:
        call.request_id = str(answer.get("_request_id") or "")
        call.state, call.answer, call.finished_at = CallState.DONE, answer, self._clock()
        call.save(update_fields=["request_id", "state", "answer", "detail", "finished_at"])

"""The dry run of a push: provider_api.Outbound that lists the calls it would make and makes none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from billing.events import Kind
from billing.models import Invoice, Subscription
from integrations.connections import collectors, subscription_billing
from integrations.mappings import bases, entity_mappings, gone
from integrations.models import Connection
from integrations.outbox import taking
from integrations.outbox.call_log_sql import Entity
from integrations.outbox.gone import push
from integrations.outbox.param_diff import Difference, differences
from integrations.provider_api import LAST_KNOWN, Json, LeftOut, Outbound, Pending, Sent, registry
from integrations.provider_api.outbound import NOTHING

Decided = TypeVar("Decided")


@dataclass(frozen=True)
class PlannedCall:
    """One call that a push would make; ``skipped`` says why it would not.

    ``differences``: what the call would change, where FlexSync knows what the provider has.
    """

    step: str
    operation: str = ""
    target: str | None = None
    params: Json = field(default_factory=dict)
    skipped: str = ""
    differences: tuple[Difference, ...] = ()


class Placeholders(dict[str, Any]):
    """The answer of a call that was not made: every value in it is a placeholder."""

    def __init__(self, target: str | None, noun: str) -> None:
        super().__init__(id=target or f"<id of the new {noun}>")
        self._owner = target or f"the new {noun}"

    def __missing__(self, name: str) -> str:
        return f"<{name} of {self._owner}>"


class DryRunContext:
    """Runs a push without calling the provider."""

    dry = True

    def __init__(self, connection: Connection, kind: Kind, entity_id: str) -> None:
        self.connection_id = connection.id
        self._connection = connection
        self.environment_id = connection.environment_id
        self.entity_id = entity_id
        self.calls: list[PlannedCall] = []
        self._own = (kind, entity_id)
        self._linked: dict[Entity, str] = {}
        self._notes: dict[Entity, dict[str, Any]] = {}

    def provider_id_of(self, kind: Kind, entity_id: str) -> str | None:
        """The id of the entity's counterpart, or the placeholder of the one that the push would create."""
        if planned := self._linked.get((kind, entity_id)):
            return planned
        if reason := gone.of_entity(self.connection_id, kind, entity_id):
            raise reason
        return entity_mappings.provider_id_of(self.connection_id, kind, entity_id)

    def notes_of(self, kind: Kind, entity_id: str) -> Json:
        """What is noted about the mapping, and what the push would note."""
        return entity_mappings.notes_of(self.connection_id, kind, entity_id) | self._notes.get(
            (kind, entity_id), {}
        )

    def collects(self, invoice: Invoice) -> bool:
        """Whether this connection collects the invoice, or would."""
        return collectors.collects(self.connection_id, invoice, assign=False)

    def pending(self, kind: Kind, entity_id: str, step: str) -> Pending:
        """What the push would send, by what is noted."""
        notes = self.notes_of(kind, entity_id)
        return bases.pending(self._connection, kind, entity_id, notes, self.provider_id_of)

    def repeat(self, kind: Kind, entity_id: str, step: str) -> None:
        """A dry run has no earlier attempts."""

    def give_up(self, kind: Kind, entity_id: str, step: str) -> None:
        """A dry run has no earlier attempts."""

    def billed_elsewhere(self, subscription: Subscription) -> str:
        """The other connection that bills it."""
        return subscription_billing.biller(subscription, self.connection_id)

    def has_begun(self, step: str) -> bool:
        """A dry run begins with the first step."""
        return False

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
        """Lists the call."""
        return self.once(step, operation, params, target=target, annotate=annotate, about=about)

    def observe(
        self,
        kind: Kind,
        answer: Json,
        decide: Callable[[], Decided] | None = None,
        *,
        notes: Json = NOTHING,
    ) -> None:
        """Placeholders show nothing, and decide nothing."""

    def is_unsure(self, target: str, besides: str) -> bool:
        """A dry run takes what is noted as it is."""
        return False

    def leave_out(self, kind: Kind, entity_id: str, fields: LeftOut) -> None:
        """A dry run notes nothing."""

    def skip(self, step: str, reason: str) -> None:
        """Lists a step that is not needed."""
        self.calls.append(PlannedCall(step, skipped=reason))

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
        """Lists the call; returns placeholders."""
        entity = about or link or self._own
        found = self._differences(entity, target, params)
        self.calls.append(PlannedCall(step, operation, target, params, differences=found))
        noun = link[0].value if link else operation.partition(".")[0].removesuffix("s")
        answer = Placeholders(target, noun)
        if link is not None:
            self._linked[link] = answer["id"]
        if annotate is not None:
            self._notes.setdefault(entity, {}).update(annotate(answer))
        return answer

    def _differences(self, entity: Entity, target: str | None, params: Json) -> tuple[Difference, ...]:
        """What the call would change of the entity's counterpart; () where that is not known."""
        if not target or target != self.provider_id_of(*entity):
            return ()
        notes = self.notes_of(*entity)
        last_known = notes.get(LAST_KNOWN)
        return () if last_known is None else differences(last_known, params, notes.get(bases.SET) or {})


def plan(
    connection: Connection, kind: Kind, entity_id: str, work: Callable[[Outbound], None] | None = None
) -> list[PlannedCall]:
    """The calls that ``work`` (None: a push) would make now; changes nothing. Raises what it would."""
    context = DryRunContext(connection, kind, entity_id)
    if work is None and kind == Kind.PAYMENT:
        taking.before_charge(context, registry.provider(connection.provider))
    if work is None:
        push(context, kind, entity_id, registry.push(connection.provider, kind).push)
    else:
        work(context)
    return context.calls

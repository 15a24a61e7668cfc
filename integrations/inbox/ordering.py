"""In which order the events of a batch are applied, and which of them a newer one makes needless."""

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from integrations.errors import Rejected
from integrations.inbox import outcomes
from integrations.inbox.outcomes import Outcome
from integrations.models import Connection, InboundEvent
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Names, Provider, Route, registry


@dataclass
class Step:
    """One event to apply; ``older``: those of its object that say nothing which it does not say itself."""

    event: InboundEvent
    name: str
    route: Route
    provider: Provider
    older: list[InboundEvent] = field(default_factory=list)

    @property
    def moment(self) -> tuple[datetime, int]:
        """When it happened, as exactly as the provider says."""
        return self.event.created, self.route.rank

    @cached_property
    def names(self) -> Names:
        """What the event names."""
        return self.provider.names(self.event.payload)


Steps = Sequence[Step]


def steps(events: Iterable[InboundEvent], connection: Connection, results: MutableMapping[str, Any]) -> Steps:
    """Which handlers to call, in order: what others depend on first, of one object the older first.

    Events that no handler is called for get their outcomes in ``results``. Raises Rejected when the provider of the
    connection is unknown.
    """
    provider = registry.providers().get(connection.provider)
    if provider is None:
        raise Rejected(f"There is no provider {connection.provider!r} in this version of FlexSync.")
    found = []
    for event in events:
        name = provider.aliases.get(event.type, event.type)
        outcome = _at_once(event, connection, name, provider)
        if outcome is not None:
            results[event.pk] = outcome
            continue
        found.append(Step(event, name, provider.routes[name], provider))
    return _newest(sorted(found, key=lambda step: (step.route.turn, *step.moment, step.event.pk)))


def _at_once(event: InboundEvent, connection: Connection, name: str, provider: Provider) -> Outcome | None:
    """The outcome when it does not depend on what the event says."""
    if connection.status == ConnectionStatus.ARCHIVED:
        return outcomes.ignored("The connection was deleted.")
    if event.livemode != connection.livemode:
        return outcomes.of(Rejected(_other_mode(event.livemode)), event, event.created)
    route = provider.routes.get(name)
    if route is None:
        return outcomes.ignored(f"no handler for {event.type}")
    if route.switch and not getattr(connection, route.switch):
        return outcomes.ignored(f"{route.switch} is off for this connection")
    return None


def _newest(sorted_steps: Steps) -> Steps:
    """Without events that a later one of the same object repeats; of one moment, nobody can tell which is later."""
    kept: list[Step] = []
    latest: dict[str, Step] = {}
    for step in reversed(sorted_steps):
        later = latest.get(step.event.object_id)
        if later is not None and later.moment > step.moment and step.route.whole is not None:
            later.older.append(step.event)
            continue
        if step.event.object_id and step.route.whole is not None and step.route.whole(step.event.payload):
            latest[step.event.object_id] = step
        kept.append(step)
    return kept[::-1]


def _other_mode(livemode: bool) -> str:
    theirs, ours = ("live", "test") if livemode else ("test", "live")
    return (
        f"The event is of {theirs} mode, but the connection's key is of {ours} mode. "
        f"Remove the webhook endpoint in {theirs} mode that leads here; to have its events, make a connection of its own"
        f" with the {theirs} key, and register that one's webhook."
    )

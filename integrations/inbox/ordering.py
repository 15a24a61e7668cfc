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
    """One event to apply; ``older``: events of the same object which this one makes needless."""

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
    """Which handlers to call, in order: what others depend on first, and of one object the older event first.

    Events that no handler is called for get their outcomes in ``results``. Raises Rejected when the provider
    of the connection is unknown.
    """
    provider = registry.providers().get(connection.provider)
    if provider is None:
        raise Rejected(
            f"This version of FlexSync has no provider {connection.provider!r}."
            " Install the version that has it, then replay the event."
        )
    found = []
    for event in events:
        name = provider.aliases.get(event.type, event.type)
        outcome = _without_handler(event, connection, name, provider)
        if outcome is not None:
            results[event.pk] = outcome
            continue
        found.append(Step(event, name, provider.routes[name], provider))
    return _newest(sorted(found, key=lambda step: (step.route.turn, *step.moment, step.event.pk)))


def _without_handler(
    event: InboundEvent, connection: Connection, name: str, provider: Provider
) -> Outcome | None:
    """The outcome when it does not depend on what the event holds."""
    if connection.status == ConnectionStatus.ARCHIVED:
        return outcomes.ignored("The connection was deleted.")
    if foreign := provider.foreign(event.payload, connection.account_id):
        return outcomes.ignored(foreign)
    if event.livemode != connection.livemode:
        return outcomes.of_failure(Rejected(_other_mode(event.livemode)), event, event.created)
    route = provider.routes.get(name)
    if route is None:
        return outcomes.ignored(f"no handler for {event.type}")
    if route.switch and not getattr(connection, route.switch):
        return outcomes.ignored(f"{route.switch} is off for this connection")
    return None


def _newest(sorted_steps: Steps) -> Steps:
    """Leaves out events that a later one of the same object repeats; those of one moment are all kept."""
    kept: list[Step] = []
    latest: dict[str, Step] = {}
    for step in reversed(sorted_steps):
        is_whole = step.route.whole is not None and step.route.whole(step.event.payload)
        later = latest.get(step.event.object_id)
        if is_whole and later is not None and later.moment > step.moment:
            later.older.append(step.event)
            continue
        if is_whole and step.event.object_id:
            latest[step.event.object_id] = step
        kept.append(step)
    return kept[::-1]


def _other_mode(livemode: bool) -> str:
    of_event, of_key = ("live", "test") if livemode else ("test", "live")
    return (
        f"The event is of {of_event} mode, but the connection's key is of {of_key} mode."
        f" Remove the webhook endpoint in {of_event} mode that leads here. To have its events, make a connection"
        f" with the {of_event} key, and register that connection's webhook."
    )

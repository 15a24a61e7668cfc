"""A row and its counterpart, edited on either side; what happens at Stripe is told by ``hear`` only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from billing.events import Kind
from integrations.inbox import processing
from integrations.models import Connection, EntityMapping, InboundEvent
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.provider_api import Json
from integrations.providers.stripe.testing import receive_signed
from integrations.testing import push


@dataclass
class Pair:
    """A row and its counterpart. ``resource``: Stripe's; ``update``(changes): the row's service."""

    connection: Connection
    api: Any
    kind: Kind
    row: Any
    resource: str
    update: Callable[..., object]
    heard: set[str] = field(default_factory=set)

    @property
    def stripe_id(self) -> str:
        """Of the counterpart."""
        return EntityMapping.objects.get(entity_id=self.row.pk).provider_entity_id

    def edit_here(self, **changes: Any) -> None:
        """As a person does through the API."""
        self.update(environment_id=self.row.environment_id, changes=changes)

    def edit_there(self, **params: Any) -> None:
        """As a person does in the dashboard."""
        getattr(self.api.v1, self.resource).update(self.stripe_id, params)

    def push(self) -> str:
        """Delivers the row's push; returns its state."""
        return str(push(self.connection, self.kind, self.row.pk).state)

    def hear(self, order: Callable[[list[Json]], Iterable[Json]] = reversed) -> list[InboundEvent]:
        """Lets the events arrive that are still to come; ``order`` is given the latest first."""
        listed = (one.to_dict() for one in self.api.v1.events.list({"limit": 100}).data)
        events = [
            one
            for one in listed
            if one["id"] not in self.heard and one["data"]["object"]["id"] == self.stripe_id
        ]
        self.heard.update(event["id"] for event in events)
        return [receive_signed(self.connection, event) for event in order(events)]

    def go_on(self, now: datetime) -> None:
        """Does what waits, as if it were due."""
        for sync in self.connection.outbound_syncs.filter(state__in=OPEN_STATES):
            worker.deliver(sync.pk, now=now)
        for event in self.connection.inbound_events.filter(state="pending"):
            processing.process(event.pk, now)

    def here(self, *names: str) -> list[Any]:
        """FlexSync's values."""
        self.row.refresh_from_db()
        return [getattr(self.row, name) for name in names]

    def there(self) -> dict[str, Any]:
        """Stripe's object."""
        found: dict[str, Any] = getattr(self.api.v1, self.resource).retrieve(self.stripe_id).to_dict()
        return found

    def known_on_both_sides(self) -> "Pair":
        """The same, once the row is at Stripe and all events of that have arrived."""
        assert self.push() == "done"
        self.hear()
        return self

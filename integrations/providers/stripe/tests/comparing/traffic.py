"""What goes on while both sides are compared: events come in, and edits go out."""

from dataclasses import dataclass, field

from django.utils import timezone

from billing.facts import CustomerFacts
from billing.services.customers import customers
from integrations.inbox import processing
from integrations.mappings.entity_mappings import entity_id_of
from integrations.models import Connection, InboundEvent
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.provider_api import Json
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.importing.account import Account


@dataclass
class Traffic:
    """Customers who are never at rest. ``ids``: theirs, at Stripe; only events of these come in."""

    account: Account
    connection: Connection
    ids: list[str] = field(default_factory=list)
    ticks: int = 0
    _known: set[str] = field(default_factory=set)

    def begin(self, count: int) -> None:
        """Makes them, before both sides are equal."""
        self.ids = [self.account.customer(1000 + number).id for number in range(count)]
        self._known = {event["id"] for event in self._events()}

    def tick(self, _part: object = None) -> None:
        """Ends what is under way, and begins something new."""
        self.end()
        self.ticks += 1
        edited, busy = self.ids[self.ticks % len(self.ids)], self.ids[(self.ticks + 1) % len(self.ids)]
        self.account.api.v1.customers.update(edited, {"name": f"Busy {self.ticks}"})
        self._edit_here(busy)
        if self.ticks % 3 == 0:
            self.ids.append(self.account.api.v1.customers.create({"name": f"Late {self.ticks}"}).id)
            customers.create(
                environment_id=self.connection.environment_id, facts=CustomerFacts(name=f"Here {self.ticks}")
            )
        if self.ticks % 4 == 0:
            # The first has a card.
            payer = self.account.api.v1.customers.retrieve(self.ids[0])
            self.account.invoice(payer, 3000, paid=True)
        self._store()

    def end(self) -> None:
        """Applies the events that have come, and delivers the pushes."""
        for event in InboundEvent.objects.filter(connection=self.connection, state="pending"):
            processing.process(event.pk, timezone.now())
        for sync in self.connection.outbound_syncs.filter(state__in=OPEN_STATES):
            worker.deliver(sync.pk, now=timezone.now())
        self._store()

    def _edit_here(self, stripe_id: str) -> None:
        row_id = entity_id_of(self.connection.pk, "customer", stripe_id)
        if row_id:
            changes = {"phone": f"555-{self.ticks}"}
            customers.update(
                environment_id=self.connection.environment_id, customer_id=row_id, changes=changes
            )

    def _store(self) -> None:
        for event in reversed(self._events()):
            found = event["data"]["object"]
            if event["id"] not in self._known and {found["id"], found.get("customer")} & set(self.ids):
                store_signed(self.connection, event, timezone.now())
            self._known.add(event["id"])

    def _events(self) -> list[Json]:
        return [one.to_dict() for one in self.account.api.v1.events.list({"limit": 100}).data]

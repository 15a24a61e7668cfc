"""FlexSync's workers: they push and apply events, and so FlexSync learns what Stripe shows."""

from dataclasses import dataclass, field
from random import Random

from django.utils import timezone

from integrations.connections import manage
from integrations.inbox import processing
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import worker
from integrations.providers.stripe.testing import store_signed
from integrations.providers.stripe.tests.money.moving_clock import MovingClock
from integrations.providers.stripe.tests.two_writers.histories.interruptions import Act
from integrations.providers.stripe.tests.two_writers.histories.persons import (
    Arrival,
    Persons,
    changes_of,
    key_of,
    short,
)
from integrations.providers.stripe.tests.two_writers.histories.thing import Thing, Views
from integrations.providers.stripe.tests.two_writers.histories.winners import NEWEST
from stripe_simulator.testing import SimulatorServer


@dataclass
class Work:
    """An event that is being applied, or a push: what its calls have shown, until that is recorded."""

    is_push: bool
    seen: list[tuple[Thing, Views]] = field(default_factory=list)
    # Whose calls wait for no answer any more.
    heard: list[Thing] = field(default_factory=list)
    # Events were applied while the latest call was made: its answer may not count.
    is_disturbed: bool = False


class Workers(Persons):
    """What FlexSync does."""

    def __init__(self, simulator: SimulatorServer, clock: MovingClock) -> None:
        super().__init__(simulator, clock)
        # Events that have come, by the ids of their rows.
        self.arrived: dict[str, Arrival] = {}
        self.working: list[Work] = []

    def push(self) -> None:
        """Delivers the pushes that are due."""
        for sync_id in self.open_syncs():
            self.tell(f"pushes {sync_id}")
            self._work(
                Work(is_push=True), lambda sync_id=sync_id: worker.deliver(sync_id, now=timezone.now())
            )

    def store(self, arrival: Arrival) -> None:
        """An event comes, perhaps not for the first time; it is not applied yet."""
        arrival.row_id = store_signed(self.account.connection, arrival.event, timezone.now())
        self.arrived[arrival.row_id] = arrival
        if arrival in self.late:
            self.late.remove(arrival)

    def apply(self, arrival: Arrival) -> None:
        """Applies an event that has come, if it is due."""
        event = InboundEvent.objects.get(pk=arrival.row_id)
        if event.state != "pending":
            return
        self.tell(f"applies {arrival.event['type']} {arrival.event['id']} {short(changes_of(arrival.event))}")
        for work in self.working:
            work.is_disturbed = True
        work = Work(is_push=False)
        self._work(work, lambda: processing.process(arrival.row_id, timezone.now()))
        timed = [
            name for name, number in arrival.reveals.items() if self._is_timed(arrival.thing, name, number)
        ]
        event.refresh_from_db()
        self.tell(f"  {event.state} {event.reason}")
        is_settled = event.state in ("applied", "ignored")
        if is_settled and arrival.thing:
            arrival.thing.told(arrival.reveals, arrival.views, key_of(arrival.event))
        for thing, views in work.seen:
            self._learn(thing, views, is_sure=is_settled)
        if is_settled and arrival.thing:
            self._link(arrival.thing)
            if not any(thing is arrival.thing for thing, _ in work.seen):
                arrival.thing.learnt(arrival.tells(), is_sure=True)
            arrival.thing.revealed(arrival.reveals, timed)

    def _work(self, work: Work, act: Act) -> None:
        self.working.append(work)
        self.depth += 1
        try:
            act()
        finally:
            self.record(work)
            self.depth -= 1
            self.working.pop()

    def record(self, work: Work) -> None:
        """The answers to the calls of a push are recorded; those of an event are with its outcome."""
        if work.is_push:
            for thing, views in work.seen:
                self._learn(thing, views, is_sure=not work.is_disturbed)
            for thing in work.heard:
                thing.settle()
            work.heard, work.seen, work.is_disturbed = [], [], False

    def _learn(self, thing: Thing, views: Views, *, is_sure: bool) -> None:
        """An answer counts for sure unless a clash waits for the event that tells the time there."""
        for name, view in views.items():
            one = thing.fields[name]
            may_clash = one.may_clash(view)
            waits = self.owner == NEWEST and may_clash and not self._has_come(thing, name, view.count)
            one.learn(view, is_sure=is_sure, waits=waits)

    def _has_come(self, thing: Thing, name: str, number: int) -> bool:
        """Whether the event of the field's edit there with that number was stored."""
        return any(
            one.views[name].count >= number
            for one in self.arrived.values()
            if one.thing is thing and name in one.views
        )

    def _is_timed(self, thing: Thing | None, name: str, number: int) -> bool:
        return self.owner != NEWEST or thing is None or self._has_come(thing, name, number)

    def _link(self, thing: Thing) -> None:
        """Finds FlexSync's row of an object that was made at Stripe."""
        if thing.stripe_id and not thing.entity_id:
            found = EntityMapping.objects.filter(
                connection=self.connection, provider_entity_id=thing.stripe_id
            )
            thing.entity_id = found.values_list("entity_id", flat=True).first() or ""

    def pause_or_resume(self) -> None:
        """Pauses an active connection, resumes a paused one."""
        is_paused = self.connection.status == ConnectionStatus.PAUSED
        self.tell("resumed" if is_paused else "paused")
        (manage.resume if is_paused else manage.pause)(self.connection)

    def open_syncs(self) -> list[str]:
        """The pushes that are not settled."""
        waiting = OutboundSync.objects.filter(connection=self.connection, state__in=OPEN_STATES)
        return list(waiting.order_by("created_at", "id").values_list("pk", flat=True))

    def open_events(self) -> list[Arrival]:
        """The events that came and are not settled."""
        waiting = InboundEvent.objects.filter(connection=self.connection, state="pending")
        return [
            self.arrived[row] for row in waiting.order_by("received_at", "id").values_list("pk", flat=True)
        ]

    def close(self) -> None:
        """Keeps what was left from being worked on in later histories."""
        Connection.objects.filter(pk=self.connection.pk).update(status=ConnectionStatus.ARCHIVED)
        InboundEvent.objects.filter(connection=self.connection, state="pending").update(
            state="ignored", settled_at=timezone.now()
        )

    def replay(self, chance: Random) -> None:
        """An operator has all events applied again, in any order."""
        processing.replay(list(self.arrived), timezone.now())
        for arrival in chance.sample(waiting := self.open_events(), len(waiting)):
            self.apply(arrival)

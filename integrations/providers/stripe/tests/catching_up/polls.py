"""Lets time pass and polls, as beat and a worker do."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Alarm, Connection, EventPoll, InboundEvent
from integrations.providers.stripe.testing import store_signed
from integrations.reconcile.catch_up import polling
from stripe_simulator.testing import SimulatorServer

Clock = Callable[[], datetime]


@dataclass
class Polls:
    """``connection`` is polled by the simulator's ``clock``."""

    simulator: SimulatorServer
    connection: Connection
    clock: Clock

    def after(self, seconds: float = 0, minutes: float = 0, days: float = 0) -> int:
        """Lets time pass and polls whatever is due; returns how many events are stored by then."""
        self.simulator.advance_clock(timedelta(seconds=seconds, minutes=minutes, days=days).total_seconds())
        polling.poll(self.connection.pk, self.clock)
        return InboundEvent.objects.filter(connection=self.connection).count()

    @property
    def row(self) -> EventPoll:
        """How far the polls are."""
        return EventPoll.objects.get(pk=self.connection.pk)

    def alarms(self) -> list[str]:
        """The codes of the open alarms."""
        found = Alarm.objects.filter(connection=self.connection, ended_at=None)
        return sorted(found.values_list("code", flat=True))

    def webhook(self, event: Any) -> InboundEvent:
        """Lets the event's webhook come now."""
        return InboundEvent.objects.get(pk=store_signed(self.connection, event, timezone.now()))

    def apply(self) -> None:
        """Applies what waits, in as many rounds as it needs."""
        for hours in range(0, 24, 2):
            later = self.clock() + timedelta(hours=hours)
            while processing.process_due(later, 100).done:
                pass

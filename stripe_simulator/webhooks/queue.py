"""The queue of deliveries: what is due when, with duplicates, reordering, delay and loss on demand."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass

from ..state.account import Account, Object
from ..state.clock import Clock
from .delivery import Attempt, Delivery, State
from .schedule import wait_after

_SETTLED_KEPT = 20_000


@dataclass
class DeliverySettings:
    """Faults of deliveries: extra copies, seconds of shuffle and of delay, deliveries to lose (-1: all)."""

    duplicate: int = 0
    reorder: float = 0.0
    delay: float = 0.0
    drop: int = 0
    retry_scale: float = 1.0


class DeliveryQueue:
    """Pending and settled deliveries."""

    def __init__(
        self, clock: Clock, changed: asyncio.Event, retry_scale: float = 1.0, seed: int | None = None
    ) -> None:
        self.clock, self.changed = clock, changed
        self.settings = DeliverySettings(retry_scale=retry_scale)
        self.pending: list[Delivery] = []
        self.settled: deque[Delivery] = deque(maxlen=_SETTLED_KEPT)
        self._random = random.Random(seed)
        self._made = 0

    def enqueue(self, account: Account, event: Object) -> None:
        """Queue an event for each endpoint of its account that is subscribed to its type."""
        for endpoint in account.all("webhook_endpoint"):
            if endpoint["status"] == "enabled" and _subscribes_to(endpoint, event["type"]):
                event["pending_webhooks"] += 1
                for _ in range(1 + self.settings.duplicate):
                    self._add(self._new_delivery(account, event, endpoint))

    def _add(self, delivery: Delivery) -> None:
        if self.settings.drop:
            self.settings.drop -= self.settings.drop > 0
            delivery.state = "dropped"
            self.settled.append(delivery)
            return
        self.pending.append(delivery)
        self.changed.set()

    def _new_delivery(self, account: Account, event: Object, endpoint: Object) -> Delivery:
        self._made += 1
        wait = self.settings.delay + self._random.uniform(0, self.settings.reorder)
        return Delivery(
            id=f"delivery_{self._made}",
            account=account.label,
            event=event["id"],
            type=event["type"],
            endpoint=endpoint["id"],
            url=endpoint["url"],
            due=self.clock.time() + wait,
        )

    def due(self) -> list[Delivery]:
        """Return the deliveries to attempt now."""
        now = self.clock.time()
        return [delivery for delivery in self.pending if delivery.due <= now and not delivery.in_flight]

    def seconds_until_due(self) -> float | None:
        """Return the seconds until a delivery is due; None when none is pending."""
        waiting = [delivery.due for delivery in self.pending if not delivery.in_flight]
        return max(0.0, min(waiting) - self.clock.time()) if waiting else None

    def succeeded(self, delivery: Delivery, attempt: Attempt) -> None:
        """Settle a delivery to which the endpoint responded with a 2xx."""
        delivery.attempts.append(attempt)
        self.settle(delivery, "delivered")

    def failed(self, delivery: Delivery, attempt: Attempt) -> None:
        """Schedule the next attempt of a failed delivery, until the schedule ends."""
        delivery.attempts.append(attempt)
        wait = wait_after(len(delivery.attempts))
        if wait is None:
            self.settle(delivery, "failed")
            return
        delivery.due = self.clock.time() + wait * self.settings.retry_scale
        delivery.in_flight = False
        self.changed.set()

    def settle(self, delivery: Delivery, state: State) -> None:
        """End a delivery: nothing more will be attempted."""
        delivery.in_flight = False
        delivery.state = state
        if delivery in self.pending:
            self.pending.remove(delivery)
        self.settled.append(delivery)


def _subscribes_to(endpoint: Object, type: str) -> bool:
    return "*" in endpoint["enabled_events"] or type in endpoint["enabled_events"]

"""The task that sends what is due to the endpoints."""

import asyncio
import json
import time
from typing import Protocol

import httpx

from .. import events
from ..state.account import Account
from ..state.clock import Clock
from .delivery import Attempt, Delivery
from .failing_endpoints import disable_after_days
from .queue import DeliveryQueue
from .signature import signature_header

_TIMEOUT_SECONDS = 20.0
_AT_ONCE = 8
_LONGEST_NAP = 0.5


class Deliverable(Protocol):
    """The part of a simulator that the sender uses; a reset replaces its queue and accounts."""

    accounts: dict[str, Account]
    clock: Clock
    deliveries: DeliveryQueue


class Sender:
    """Sends deliveries from the simulator's queue until cancelled."""

    def __init__(self, simulator: Deliverable) -> None:
        self._simulator = simulator
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send each delivery when it is due."""
        async with self._client:
            while True:
                queue = self._simulator.deliveries
                queue.changed.clear()
                for delivery in queue.due():
                    self._start(delivery)
                wait = queue.seconds_until_due()
                nap = _LONGEST_NAP if wait is None else min(wait, _LONGEST_NAP)
                try:
                    await asyncio.wait_for(queue.changed.wait(), nap)
                except TimeoutError:
                    continue

    async def flush(self) -> int:
        """Attempt every pending delivery now, whatever its schedule; return the number of attempts."""
        attempted = 0
        for delivery in list(self._simulator.deliveries.pending):
            if not delivery.in_flight:
                self._start(delivery)
                attempted += 1
        if self._tasks:
            await asyncio.wait(self._tasks)
        return attempted

    def _start(self, delivery: Delivery) -> None:
        delivery.in_flight = True
        task = asyncio.create_task(self._attempt(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attempt(self, delivery: Delivery) -> None:
        simulator = self._simulator
        account = simulator.accounts.get(delivery.account)
        endpoint = account.find("webhook_endpoint", delivery.endpoint) if account else None
        # Source: Stripe docs, "Retry behavior": a disabled or deleted endpoint gets no further attempts.
        if account is None or endpoint is None or endpoint["status"] == "disabled":
            simulator.deliveries.settle(delivery, "dropped")
            return
        event = account.objects[delivery.event]
        payload = json.dumps(events.payload(account, event, endpoint["api_version"]), indent=2).encode()
        attempt = Attempt(time=simulator.clock.time())
        # Signed in real time, even if the simulator's clock runs ahead: receivers compare their own clock.
        signature = signature_header(payload, int(time.time()), endpoint["_secrets"])
        async with self._slots:
            await self._post(delivery.url, payload, signature, attempt)
        if attempt.status is not None and 200 <= attempt.status < 300:
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
            endpoint.pop("_failing_since", None)
            simulator.deliveries.succeeded(delivery, attempt)
        else:
            disable_after_days(endpoint, attempt.time, account.behavior.endpoint_disabled_after_days)
            simulator.deliveries.failed(delivery, attempt)

    async def _post(self, url: str, payload: bytes, signature: str, attempt: Attempt) -> None:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": signature,
        }
        try:
            response = await self._client.post(url, content=payload, headers=headers)
            attempt.status, attempt.answer = response.status_code, response.text[:1000]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            attempt.error = f"{type(error).__name__}: {error}"

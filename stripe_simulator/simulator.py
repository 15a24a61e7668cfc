"""All state of a running simulator: accounts, keys, faults, requests and deliveries."""

import asyncio
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from . import events
from .requests.faults import Faults
from .requests.idempotency import IdempotencyKeys
from .requests.keys import Keys
from .requests.log import RequestRecord
from .requests.rate_limits import RateLimits
from .state.account import Account, Object
from .state.actions import run_next
from .state.behavior import Behavior
from .state.clock import Clock
from .state.ids import Ids
from .webhooks.queue import DeliveryQueue

_REQUESTS_KEPT = 100_000


@dataclass(frozen=True)
class Settings:
    """The settings with which the simulator starts."""

    base_url: str = "http://127.0.0.1:12111"
    strict: bool = True
    retry_scale: float = 1.0
    seed: int | None = None
    rate_limit: int = 0
    search_lag: int = 0
    state_file: Path | None = None
    faults: tuple[str, ...] = ()


class Simulator:
    """Everything that the HTTP entry points share. One event loop uses it, so nothing needs a lock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock()
        self._queue_changed = asyncio.Event()
        self.reset()

    def reset(self) -> None:
        """Delete all state, including keys and faults."""
        self.clock.reset()
        self.ids = Ids(self.settings.seed)
        self.accounts: dict[str, Account] = {}
        self.keys = Keys()
        self.faults = Faults(self.settings.seed)
        for text in self.settings.faults:
            self.faults.add_text(text)
        self.rate_limits = RateLimits(self.settings.rate_limit)
        self.search_lag = self.settings.search_lag
        self.behavior = Behavior()
        self.idempotency = IdempotencyKeys(self.clock)
        self.requests: deque[RequestRecord] = deque(maxlen=_REQUESTS_KEPT)
        # How many requests were made that may have changed something.
        self.writes = 0
        self.deliveries = DeliveryQueue(
            self.clock, self._queue_changed, self.settings.retry_scale, self.settings.seed
        )
        self._queue_changed.set()

    def account(self, key: str) -> Account:
        """Return the account that a secret key opens, created when its label is first used."""
        return self.account_with_label(self.keys.label(key))

    def account_with_label(self, label: str) -> Account:
        """Return the account of a label."""
        if label not in self.accounts:
            base_url = self.settings.base_url
            account = Account(
                label, clock=self.clock, ids=self.ids, base_url=base_url, on_event=self._on_event
            )
            account.search_lag, account.behavior = self.search_lag, self.behavior
            self.accounts[label] = account
        return self.accounts[label]

    def locate(self, kind: str, id: str) -> tuple[Account, Object] | None:
        """Return the object of this kind and id in whichever account has it, for pages that need no key."""
        for account in self.accounts.values():
            found = account.find(kind, id)
            if found is not None:
                return account, found
        return None

    def advance(self, seconds: float = 0.0) -> None:
        """Advance the clock; what falls due on the way happens at its own moment, in order."""
        target = self.clock.time() + seconds
        while True:
            due = [
                (moment, account) for account in self.accounts.values() if (moment := account.agenda.first())
            ]
            moment, account = min(due, key=lambda entry: entry[0], default=(None, None))
            if moment is None or account is None or moment > target:
                break
            self.clock.advance(max(0.0, moment - self.clock.time()))
            run_next(account)
        self.clock.advance(max(0.0, target - self.clock.time()))

    def _on_event(self, account: Account, type: str, object: Object, before: Object | None) -> None:
        event = events.record(account, type, object, before)
        account.journal.after(lambda: self.deliveries.enqueue(account, event))
        events.react(account, type, object)

"""Writes golden events from the simulator's, so that each regeneration gives the same files."""

import json
import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import stripe as sdk

from integrations.providers.stripe.testing import GOLDEN, event_type
from integrations.providers.stripe.version import API_VERSION
from stripe_simulator.testing import SimulatorServer

# The time at which all golden events seem to be made, and how exactly times are kept (seconds).
MOMENT, EXACTNESS = 1_793_534_400, 60
_NEAR = 400 * 24 * 3600

Json = dict[str, Any]


class Recorder:
    """A Stripe account whose events are kept under names."""

    def __init__(self, simulator: SimulatorServer) -> None:
        self.simulator = simulator
        self.stripe = sdk.StripeClient(
            "sk_test_golden", base_addresses={"api": simulator.base_url}, stripe_version=API_VERSION
        )
        self._start = int(time.time())
        self.kept: dict[str, Json] = {}

    def keep(self, *names: str) -> None:
        """Keeps the newest event of each name's type."""
        newest = self.stripe.v1.events.list({"limit": 100}).data
        for name in names:
            found = next(event for event in newest if event.type == event_type(name))
            event = self._normalized(found.to_dict(for_json=True))
            # The SDK makes up a key for each call.
            event["request"]["idempotency_key"] = None
            self.kept[name] = event

    def derive(
        self, name: str, source: str, change: Callable[[Json], None] | None = None, **event: Any
    ) -> None:
        """Keeps what the simulator does not send: ``source`` with its object changed."""
        made = deepcopy(self.kept[source]) | {"type": event_type(name)} | event
        made["id"] = f"evt_{name}"
        if change is not None:
            change(made["data"]["object"])
        self.kept[name] = made

    def write(self) -> None:
        """Writes the files, and nothing else into their folder."""
        GOLDEN.mkdir(exist_ok=True)
        for old in GOLDEN.glob("*.json"):
            old.unlink()
        for name, event in self.kept.items():
            text = json.dumps(event, indent=1, sort_keys=True, ensure_ascii=False)
            (GOLDEN / f"{name}.json").write_text(text + "\n")

    def _normalized(self, value: Any) -> Any:
        """``value`` without this run's address and times."""
        if isinstance(value, dict):
            return {name: self._normalized(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._normalized(item) for item in value]
        if isinstance(value, str):
            return value.replace(self.simulator.base_url, "https://stripe.example")
        if type(value) is int and abs(value - self._start) < _NEAR:
            return MOMENT + round((value - self._start) / EXACTNESS) * EXACTNESS
        return value

"""All that an account is: its objects, its lists, its agenda, and what its endpoints were sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from stripe_simulator.testing import SimulatorServer


def whole_state(server: SimulatorServer, label: str = "demo") -> dict[str, Any]:
    """Return a copy of everything that a call of this account may change."""
    account, deliveries = server.simulator.account_with_label(label), server.simulator.deliveries
    return {
        "objects": _copy(account.objects),
        "listed": {kind: list(ids.newest_first()) for kind, ids in account.collections.items() if len(ids)},
        "agenda": sorted(account.agenda.dump(), key=repr),
        "deliveries": len(deliveries.pending) + len(deliveries.settled),
    }


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


@contextmanager
def nothing_changes_if_refused(server: SimulatorServer) -> Iterator[None]:
    """Check that a call of the block that is refused has left everything as it was."""
    before = whole_state(server)
    try:
        yield
    except stripe.InvalidRequestError:
        assert whole_state(server) == before
        raise

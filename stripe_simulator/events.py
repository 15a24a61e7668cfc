"""Events: one for each change, with a snapshot of the object. Source: Stripe API reference, "Events"."""

from collections import defaultdict
from collections.abc import Callable

from stripe._api_version import _ApiVersion

from .contract.responses import resource_check
from .previous_attributes import previous_attributes
from .state.account import Account, Object

Reaction = Callable[[Account, Object], None]
API_VERSION = _ApiVersion.CURRENT
_REACTIONS: defaultdict[str, list[Reaction]] = defaultdict(list)


def when(*types: str) -> Callable[[Reaction], Reaction]:
    """Register what else changes inside Stripe after an event of these types."""

    def register(reaction: Reaction) -> Reaction:
        for type in types:
            _REACTIONS[type].append(reaction)
        return reaction

    return register


def record(account: Account, type: str, object: Object, before: Object | None) -> Object:
    """Store an event of this type about this object."""
    shown = account.snapshot(object)
    resource_check(shown["object"])(shown, type)
    former = {} if before is None else {"previous_attributes": previous_attributes(before, shown)}
    event = {
        "id": account.new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": account.now,
        "data": {"object": shown} | former,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": account.request.id, "idempotency_key": account.request.idempotency_key},
        "type": type,
        "_recorded": account.clock.time(),
    }
    if account.behavior.connected_account:
        event["account"] = account.behavior.connected_account
    return account.add(event)


def react(account: Account, type: str, object: Object) -> None:
    """Update other objects after an event."""
    for reaction in _REACTIONS[type]:
        reaction(account, object)

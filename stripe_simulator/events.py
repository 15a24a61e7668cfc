"""Events: one for each change, with a snapshot of the object. Source: Stripe API reference, "Events"."""

from collections import defaultdict
from collections.abc import Callable

from stripe._api_version import _ApiVersion

from .contract.response_values import ContractError
from .contract.responses import resource_check
from .older_versions import in_version
from .previous_attributes import previous_attributes
from .state.account import COMPOSERS, Account, Object

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
    _check(type, shown)
    former = {} if before is None else {"previous_attributes": previous_attributes(before, shown)}
    event = {
        "id": account.new_id("evt"),
        "object": "event",
        "api_version": account.behavior.default_api_version or API_VERSION,
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


def _check(type: str, shown: Object) -> None:
    try:
        resource_check(shown["object"])(shown)
    except ContractError as error:
        raise error.inside(f" in {type}: {shown['object']}") from None


def payload(account: Account, event: Object, version: str | None) -> Object:
    """Return an event as it is sent: in the endpoint's version, or else the account's default."""
    stored = {name: value for name, value in event.items() if name[0] != "_"}
    return in_version(account, stored, version or event["api_version"])


def react(account: Account, type: str, object: Object) -> None:
    """Update other objects after an event."""
    for reaction in _REACTIONS[type]:
        reaction(account, object)


def _compose(account: Account, event: Object, shown: Object) -> None:
    """Show an event in the account's default version at the time when it was recorded."""
    shown.update(in_version(account, shown, event["api_version"]))


COMPOSERS["event"] = _compose

"""Events, listed for 30 days. Source: Stripe API reference, "List all events"."""

from zlib import crc32

from ..errors import InvalidRequest, missing
from ..listing import Filters, page
from ..operations import Call, operation
from ..state.account import Account, Object

_LISTED_SECONDS = 30 * 86400
_MOST_TYPES = 20


@operation("events.retrieve")
def retrieve(call: Call) -> Object:
    """Return one event of the last 30 days."""
    event = call.account.get("event", call.id)
    if event["created"] < call.account.now - _LISTED_SECONDS:
        raise missing("event", call.id)
    return call.account.render(event)


@operation("events.list")
def list_(call: Call) -> Object:
    """List events by type (`customer.*` is a family), types, and whether delivery has succeeded."""
    params, account = call.params, call.account
    if "type" in params and "types" in params:
        raise InvalidRequest(
            "You may only specify one of these parameters: type, types.",
            code="parameters_exclusive",
            param="type",
        )
    if len(params.get("types", [])) > _MOST_TYPES:
        raise InvalidRequest(f"You may only specify up to {_MOST_TYPES} types.", param="types")
    types = params.get("types") or ([params["type"]] if params.get("type") else None)

    def matches(event: Object) -> bool:
        if not _shows(account, event) or (
            types is not None and not any(_is(event["type"], type) for type in types)
        ):
            return False
        return (
            "delivery_success" not in params or (event["pending_webhooks"] == 0) == params["delivery_success"]
        )

    return page(call, "event", matches, since=account.now - _LISTED_SECONDS, by=_exactly(types))


def _exactly(types: list[str] | None) -> Filters:
    """Return the types as a filter, unless one of them is a family."""
    family = types is None or any(type.endswith("*") for type in types)
    return {} if family else {"type": types}


def _shows(account: Account, event: Object) -> bool:
    """Return whether an event is in the list yet: each is late by its own part of the configured lag.

    Source: Stripe API reference, "List all events"; that the list lags behind is known from users of Stripe.
    """
    lag = account.behavior.event_list_lag_seconds
    if not lag:
        return True
    late: float = lag * crc32(event["id"].encode()) / 2**32
    return bool(event["_recorded"] + late <= account.clock.time())


def _is(type: str, pattern: str) -> bool:
    return type.startswith(pattern[:-1]) if pattern.endswith("*") else type == pattern

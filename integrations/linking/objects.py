"""Reads the object from its provider, once, and refuses what cannot be a counterpart."""

from billing.errors import Conflict, Invalid
from integrations.errors import Missing
from integrations.gateway.guarded import GuardedGateway
from integrations.linking.pairs import Pair, label
from integrations.models.outbound import Priority
from integrations.provider_api import Json, Linkable

REFUSED = "mapping_refused"


def existing(pair: Pair, how: Linkable) -> Json:
    """The object as it is now; raises Invalid where there is none, Conflict where it was deleted."""
    try:
        found = _call(pair, how)
    except Missing as missing:
        if missing.was_there:
            message = f"{pair.provider_id} was deleted at {label(pair.connection)}: choose another one."
            raise Conflict(message, code=REFUSED) from None
        raise Invalid.of(
            {
                "provider_entity_id": f"{label(pair.connection)} has no {pair.kind} {pair.provider_id} in the account of"
                f" {pair.connection}."
            }
        ) from None
    environment = how.marks(found).environment_id
    if environment not in ("", pair.connection.environment_id):
        raise Conflict(
            f"{pair.provider_id} belongs to another environment of FlexSync, {environment}, as its metadata says. Remove"
            f" that from its metadata at {label(pair.connection)} first, if it is wrong.",
            code=REFUSED,
        )
    return found


def read(pair: Pair, how: Linkable) -> Json | None:
    """The object, None where the account has no such one; raises Retry or Rejected."""
    try:
        return _call(pair, how)
    except Missing:
        return None


def _call(pair: Pair, how: Linkable) -> Json:
    gateway = GuardedGateway(pair.connection, Priority.PERSON)
    return gateway.call(how.retrieve, how.params, target=pair.provider_id)

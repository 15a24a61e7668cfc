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
    found = read(pair, how)
    if found is None:
        raise Invalid.of(
            {
                "provider_entity_id": f"{label(pair.connection)} has no {pair.kind} {pair.provider_id} in the account of"
                f" {pair.connection}."
            }
        )
    if how.is_gone(found):
        raise Conflict(
            f"{pair.provider_id} was deleted at {label(pair.connection)}: choose another one.", code=REFUSED
        )
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
    gateway = GuardedGateway(pair.connection, Priority.PERSON)
    try:
        return gateway.call(how.retrieve, how.params, target=pair.provider_id)
    except Missing:
        return None

"""What a row has only because of its counterpart: it goes with the object, and comes with another one."""

from billing.events import Kind
from billing.services.customers import balances
from integrations.linking.pairs import Pair, linkable
from integrations.mappings import merging
from integrations.provider_api import Comparison, Fields, registry


def forget(pair: Pair) -> None:
    """Takes from the row what belongs to the object that it no longer is."""
    names = linkable(pair.connection, pair.kind).taken
    _put(pair, dict.fromkeys(names))
    if pair.kind == Kind.CUSTOMER:
        balances.forget(
            environment_id=pair.connection.environment_id,
            customer_id=pair.entity_id,
            connection_id=pair.connection.pk,
        )


def take(pair: Pair, found: Comparison) -> None:
    """Gives the row what belongs to its new counterpart."""
    names = linkable(pair.connection, pair.kind).taken
    _put(pair, {name: found.theirs.get(name) for name in names})


def _put(pair: Pair, values: Fields) -> None:
    if not values:
        return
    mergeable = registry.provider(pair.connection.provider).mergeables[pair.kind]
    place = merging.place_of(pair.connection, {})
    mergeable.put(place, pair.entity_id, values, origin=pair.connection.pk)

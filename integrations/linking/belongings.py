"""What a row has only because of its counterpart: it goes with the object, and comes with another one."""

from collections.abc import Sequence

from billing.events import Kind
from billing.services.customers import balances
from integrations.linking.pairs import Pair
from integrations.mappings import bases
from integrations.provider_api import Comparison, Fields, registry


def forget(pair: Pair) -> None:
    """Takes from the row what belongs to the object that it no longer is."""
    _put(pair, dict.fromkeys(_taken(pair)))
    if pair.kind == Kind.CUSTOMER:
        balances.forget(
            environment_id=pair.connection.environment_id,
            customer_id=pair.entity_id,
            connection_id=pair.connection.pk,
        )


def take(pair: Pair, found: Comparison) -> None:
    """Gives the row what belongs to its new counterpart."""
    _put(pair, {name: found.theirs.get(name) for name in _taken(pair)})


def _taken(pair: Pair) -> Sequence[str]:
    """The fields of the row that are the object's; none where no objects are linked by hand."""
    how = registry.provider(pair.connection.provider).links.get(pair.kind)
    return how.taken if how else ()


def _put(pair: Pair, values: Fields) -> None:
    if not values:
        return
    mergeable = registry.provider(pair.connection.provider).mergeables[pair.kind]
    place = bases.place_of(pair.connection, {})
    mergeable.put(place, pair.entity_id, values, origin=pair.connection.pk)
